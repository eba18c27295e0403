package org.bilateralbrain.nn.layers;

import org.bilateralbrain.nn.layers.NormReluPoolForm.Norm;
import org.bilateralbrain.nn.layers.NormReluPoolForm.Rectification;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs a {@link NormReluPool}. */
final class NormReluPoolRuntime extends BaseLayer<NormReluPool> {

  private final transient NormReluPoolForm form;

  /** Statistics of the batch that went forward last, for the way back. */
  private INDArray batchMean;

  private INDArray batchVariance;

  NormReluPoolRuntime(NeuralNetConfiguration conf, DataType dataType) {
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
      createBatchStatistics();
      form.statistics(input, batchMean, batchVariance);
      form.forward(input, norm(batchMean, batchVariance), then(), output);
    } else {
      INDArray mean = getParam(NormReluPool.RUNNING_MEAN);
      form.forward(input, norm(mean, getParam(NormReluPool.RUNNING_VARIANCE)), then(), output);
    }
    return output;
  }

  /** They outlive the forward pass, hence its workspaces. */
  private void createBatchStatistics() {
    if (batchMean == null) {
      try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        batchMean = Nd4j.create(dataType, channels());
        batchVariance = Nd4j.create(dataType, channels());
      }
    }
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray outputGradient, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    INDArray inputGradient =
        workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, input.shape(), 'c');
    form.backward(
        input,
        norm(batchMean, batchVariance),
        then(),
        FloatStorage.contiguous(outputGradient),
        inputGradient,
        gradientViews.get(NormReluPool.GAMMA),
        gradientViews.get(NormReluPool.BETA));
    return new Pair<>(gradient(), inputGradient);
  }

  /**
   * Running statistics travel as updates that DL4J subtracts: old - new = (1 - decay) (old -
   * batch). In this form they also survive gradient sharing between machines.
   */
  @Override
  public Gradient gradient() {
    long n = input.length() / channels();
    double unbiased = n > 1 ? n / (n - 1.0) : 1.0;
    double follow = 1 - layerConf().getDecay();
    gradientViews
        .get(NormReluPool.RUNNING_MEAN)
        .assign(getParam(NormReluPool.RUNNING_MEAN).sub(batchMean).muli(follow));
    gradientViews
        .get(NormReluPool.RUNNING_VARIANCE)
        .assign(
            getParam(NormReluPool.RUNNING_VARIANCE).sub(batchVariance.mul(unbiased)).muli(follow));
    Gradient gradient = new DefaultGradient();
    gradientViews.forEach(gradient::setGradientFor);
    return gradient;
  }

  private Norm norm(INDArray mean, INDArray variance) {
    return new Norm(mean, variance, getParam(NormReluPool.GAMMA), getParam(NormReluPool.BETA));
  }

  private Rectification then() {
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
