package org.bilateralbrain.nn.layers;

import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Batch normalisation over (batch, height, width) of each channel, then ReLU, then max pooling over
 * squares without overlap (a pool size of 1 pools nothing). One layer, because the three together
 * need two passes over the data and one after another six.
 *
 * <p>As in PyTorch's {@code BatchNorm2d}: the batch is normalised by its population variance, the
 * running variance follows the unbiased one. {@code decay} is the share of the OLD running value
 * that is kept at each step, that is one minus PyTorch's {@code momentum}.
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

  public static NormReluPool of(double decay, int poolSize) {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException("decay must be in [0, 1), got " + decay);
    }
    if (poolSize < 1) {
      throw new IllegalArgumentException("The pool size must be at least 1, got " + poolSize);
    }
    return new NormReluPool(decay, poolSize, true);
  }

  /** Batch normalisation alone. */
  public static NormReluPool withoutReluAndPool(double decay) {
    return new NormReluPool(decay, 1, false);
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

  @Override
  public List<Regularization> getRegularizationByParam(String parameter) {
    return isRunningStatistic(parameter) ? null : super.getRegularizationByParam(parameter);
  }

  /** Whether a parameter is one that follows the batches instead of being trained. */
  public static boolean isRunningStatistic(String parameter) {
    return parameter.equals(RUNNING_MEAN) || parameter.equals(RUNNING_VARIANCE);
  }

  @Override
  protected Layer runtime(NeuralNetConfiguration conf, DataType dataType) {
    return new NormReluPoolRuntime(conf, dataType);
  }
}
