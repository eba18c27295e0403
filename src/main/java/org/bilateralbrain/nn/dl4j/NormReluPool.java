package org.bilateralbrain.nn.dl4j;

import java.util.Objects;
import org.bilateralbrain.nn.Operation;
import org.bilateralbrain.nn.dl4j.NormReluPoolForm.Norm;
import org.bilateralbrain.nn.dl4j.NormReluPoolForm.Rectification;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Batch normalisation over (batch, height, width) of each channel, then an optional ReLU, then max
 * pooling over non-overlapping squares (none if the pool size is 1). They form one layer because
 * together they need two passes over the data, separately six.
 *
 * <p>As in PyTorch's {@code BatchNorm2d}, batches are normalised by their population variance, and
 * the running variance follows the unbiased one. {@code decay} is the weight of the OLD running
 * value at each step: one minus PyTorch's {@code momentum}.
 */
public final class NormReluPool extends ChannelsLastLayer {

  public static final String GAMMA = "gamma";
  public static final String BETA = "beta";
  public static final String RUNNING_MEAN = "mean";
  public static final String RUNNING_VARIANCE = "var";

  /** PyTorch's default, which the paper's networks use. */
  static final double EPSILON = 1e-5;

  private static final ParameterLayout<NormReluPool> PARAMETERS =
      new ParameterLayout<>(NormReluPool.class)
          .perChannel(GAMMA, 1)
          .perChannel(BETA, 0)
          .perChannel(RUNNING_MEAN, 0)
          .perChannel(RUNNING_VARIANCE, 1);

  @JsonProperty private double decay;
  @JsonProperty private int poolSize;
  @JsonProperty private boolean rectified;

  /** For deserialisation. */
  NormReluPool() {}

  private NormReluPool(double decay, int poolSize, boolean rectified) {
    this.decay = decay;
    this.poolSize = poolSize;
    this.rectified = rectified;
  }

  static NormReluPool of(Operation.NormReluPool norm) {
    return new NormReluPool(1 - norm.momentum(), norm.pool(), norm.rectified());
  }

  public double getDecay() {
    return decay;
  }

  public int getPoolSize() {
    return poolSize;
  }

  /** Whether there is a ReLU. */
  public boolean isRectified() {
    return rectified;
  }

  @Override
  public void setNIn(InputType inputType, boolean override) {
    super.setNIn(inputType, override);
    nOut = nIn;
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType inputType) {
    InputType.InputTypeConvolutional images = images(inputType);
    return InputType.convolutional(
        images.getHeight() / poolSize,
        images.getWidth() / poolSize,
        images.getChannels(),
        CNN2DFormat.NHWC);
  }

  @Override
  public ParamInitializer initializer() {
    return PARAMETERS;
  }

  @Override
  public IUpdater getUpdaterByParam(String parameter) {
    return isRunningStatistic(parameter) ? new NoOp() : getIUpdater();
  }

  /** Whether a parameter follows the batches instead of being trained. */
  public static boolean isRunningStatistic(String parameter) {
    return parameter.equals(RUNNING_MEAN) || parameter.equals(RUNNING_VARIANCE);
  }

  @Override
  protected Layer runtime(NeuralNetConfiguration conf, DataType dataType) {
    return new RunningNorm(conf, dataType);
  }

  /** Computes a {@link NormReluPool}. */
  static final class RunningNorm extends BaseLayer<NormReluPool> {

    private final transient NormReluPoolForm form;

    /** Of the last forward pass in training, for the backward pass; null before the first. */
    private transient @Nullable Statistics batch;

    /** Number of values per channel in that pass. */
    private transient long batchValues;

    private record Statistics(INDArray mean, INDArray variance) {}

    RunningNorm(NeuralNetConfiguration conf, DataType dataType) {
      super(conf, dataType);
      form = NormReluPoolForm.bestFor(dataType);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
      assertInputSet(false);
      input = FloatStorage.contiguous(input);
      INDArray output =
          workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, pooledShape(), 'c');
      if (training) {
        Statistics statistics = batchStatistics();
        form.statistics(input, statistics.mean(), statistics.variance());
        batchValues = input.length() / channels();
        form.forward(input, norm(statistics), rectification(), output);
      } else {
        INDArray mean = getParam(NormReluPool.RUNNING_MEAN);
        INDArray variance = getParam(NormReluPool.RUNNING_VARIANCE);
        form.forward(input, norm(new Statistics(mean, variance)), rectification(), output);
      }
      return output;
    }

    /** Allocated outside workspaces, because they outlive the forward pass. */
    @SuppressWarnings("try") // the resource is only a scope
    private Statistics batchStatistics() {
      if (batch == null) {
        try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
          batch =
              new Statistics(Nd4j.create(dataType, channels()), Nd4j.create(dataType, channels()));
        }
      }
      return batch;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
        INDArray outputGradient, LayerWorkspaceMgr workspaces) {
      assertInputSet(true);
      INDArray inputGradient =
          workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, input.shape(), 'c');
      form.backward(
          input,
          norm(Objects.requireNonNull(batch)),
          rectification(),
          FloatStorage.contiguous(outputGradient),
          inputGradient,
          gradientView(NormReluPool.GAMMA),
          gradientView(NormReluPool.BETA));
      return new Pair<>(gradient(), inputGradient);
    }

    /**
     * Running statistics are passed off as gradients, which are subtracted: old - new = (1 - decay)
     * (old - batch).
     */
    @Override
    public Gradient gradient() {
      double momentum = 1 - layerConf().getDecay();
      Statistics statistics = Objects.requireNonNull(batch);
      gradientView(NormReluPool.RUNNING_MEAN)
          .assign(getParam(NormReluPool.RUNNING_MEAN).sub(statistics.mean()).muli(momentum));
      gradientView(NormReluPool.RUNNING_VARIANCE)
          .assign(getParam(NormReluPool.RUNNING_VARIANCE).sub(unbiasedVariance()).muli(momentum));
      Gradient gradient = new DefaultGradient();
      gradientViews.forEach(gradient::setGradientFor);
      return gradient;
    }

    private INDArray unbiasedVariance() {
      double unbiased = batchValues > 1 ? batchValues / (batchValues - 1.0) : 1.0;
      return Objects.requireNonNull(batch).variance().mul(unbiased);
    }

    /** Sets the running statistics to those of a new network. */
    void resetStatistics() {
      getParam(NormReluPool.RUNNING_MEAN).assign(0);
      getParam(NormReluPool.RUNNING_VARIANCE).assign(1);
    }

    /**
     * Moves the running statistics towards those of the last forward pass in training.
     *
     * @param share of the way, 1 to replace them
     */
    void followBatch(double share) {
      INDArray mean = getParam(NormReluPool.RUNNING_MEAN);
      mean.addi(Objects.requireNonNull(batch).mean().sub(mean).muli(share));
      INDArray variance = getParam(NormReluPool.RUNNING_VARIANCE);
      variance.addi(unbiasedVariance().subi(variance).muli(share));
    }

    private INDArray gradientView(String parameter) {
      return Objects.requireNonNull(gradientViews.get(parameter));
    }

    private Norm norm(Statistics statistics) {
      return new Norm(
          statistics.mean(),
          statistics.variance(),
          getParam(NormReluPool.GAMMA),
          getParam(NormReluPool.BETA));
    }

    private Rectification rectification() {
      return new Rectification(
          layerConf().isRectified() ? Rectification.RELU : Rectification.NONE, poolSize());
    }

    private int poolSize() {
      return layerConf().getPoolSize();
    }

    private long channels() {
      return layerConf().getNOut();
    }

    private long[] pooledShape() {
      return new long[] {
        input.size(0), input.size(1) / poolSize(), input.size(2) / poolSize(), channels()
      };
    }

    @Override
    public boolean updaterDivideByMinibatch(String parameter) {
      return !NormReluPool.isRunningStatistic(parameter);
    }

    @Override
    public boolean isPretrainLayer() {
      return false;
    }
  }
}
