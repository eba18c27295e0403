package org.bilateralbrain.nn.layers;

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
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Runs a {@link NormReluPool}. */
final class NormReluPoolRuntime extends BaseLayer<NormReluPool> {

  private static final int CHANNEL_AXIS = 3;
  private static final int NHWC = 1;

  /** Statistics of the batch that went forward last, for the way back. */
  private INDArray batchMean;

  private INDArray batchVariance;

  NormReluPoolRuntime(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    INDArray mean = getParam(NormReluPool.RUNNING_MEAN);
    INDArray variance = getParam(NormReluPool.RUNNING_VARIANCE);
    if (training) {
      try (MemoryWorkspace outlivesTheForwardPass = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        mean = batchMean = input.mean(0, 1, 2);
        variance = batchVariance = input.var(false, 0, 1, 2);
      }
    }
    if (poolSize() == 1) {
      INDArray output = workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, input.shape(), 'c');
      return normaliseAndRectify(mean, variance, output);
    }
    INDArray rectified = workspaces.createUninitialized(ArrayType.FF_WORKING_MEM, dataType, input.shape(), 'c');
    normaliseAndRectify(mean, variance, rectified);
    INDArray output = workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, pooledShape(), 'c');
    Nd4j.exec(
        DynamicCustomOp.builder("maxpool2d")
            .addInputs(rectified)
            .addOutputs(output)
            .addIntegerArguments(poolArguments())
            .build());
    return output;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray outputGradient, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    INDArray inputGradient =
        workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, input.shape(), 'c');
    INDArray rectified = workspaces.createUninitialized(ArrayType.BP_WORKING_MEM, dataType, input.shape(), 'c');
    normaliseAndRectify(batchMean, batchVariance, rectified);
    INDArray rectifiedGradient = outputGradient;
    if (poolSize() > 1) {
      rectifiedGradient = workspaces.createUninitialized(ArrayType.BP_WORKING_MEM, dataType, input.shape(), 'c');
      Nd4j.exec(
          DynamicCustomOp.builder("maxpool2d_bp")
              .addInputs(rectified, outputGradient)
              .addOutputs(rectifiedGradient)
              .addIntegerArguments(poolArguments())
              .build());
    }
    INDArray normalisedGradient = rectified;
    Nd4j.exec(
        DynamicCustomOp.builder("relu_bp")
            .addInputs(rectified, rectifiedGradient)
            .addOutputs(normalisedGradient)
            .addFloatingPointArguments(0.0)
            .build());
    normalisationGradients(normalisedGradient, inputGradient);
    return new Pair<>(gradient(), inputGradient);
  }

  /**
   * With N values per channel, x^ the normalised input and g the gradient at it: d beta = sum g, d gamma = sum g x^,
   * d x = gamma / sqrt(variance + epsilon) (g - d beta / N - x^ d gamma / N). (The native {@code batchnorm_bp} is
   * shorter but only near this: it failed the gradient check in the fourth digit.)
   */
  private void normalisationGradients(INDArray outputGradient, INDArray inputGradient) {
    INDArray one = Nd4j.ones(dataType, channels());
    INDArray zero = Nd4j.zeros(dataType, channels());
    normalise(batchMean, batchVariance, one, zero, inputGradient);
    long n = input.length() / channels();
    INDArray normalised = inputGradient.reshape('c', n, channels());
    INDArray g = outputGradient.reshape('c', n, channels());
    INDArray betaGradient = gradientViews.get(NormReluPool.BETA);
    INDArray gammaGradient = gradientViews.get(NormReluPool.GAMMA);
    betaGradient.assign(g.sum(0));
    gammaGradient.assign(g.mul(normalised).sum(0));
    INDArray scale = Transforms.sqrt(batchVariance.add(NormReluPool.EPSILON)).rdivi(getParam(NormReluPool.GAMMA));
    normalised
        .muliRowVector(gammaGradient.div(-n))
        .addi(g)
        .subiRowVector(betaGradient.div(n))
        .muliRowVector(scale);
  }

  /**
   * Running statistics travel as updates that DL4J subtracts: old - new = (1 - decay) (old - batch). In this form
   * they also survive gradient sharing between machines.
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
        .assign(getParam(NormReluPool.RUNNING_VARIANCE).sub(batchVariance.mul(unbiased)).muli(follow));
    Gradient gradient = new DefaultGradient();
    gradientViews.forEach(gradient::setGradientFor);
    return gradient;
  }

  private INDArray normaliseAndRectify(INDArray mean, INDArray variance, INDArray output) {
    normalise(mean, variance, getParam(NormReluPool.GAMMA), getParam(NormReluPool.BETA), output);
    Nd4j.exec(
        DynamicCustomOp.builder("relu")
            .addInputs(output)
            .addOutputs(output)
            .addFloatingPointArguments(0.0)
            .build());
    return output;
  }

  private void normalise(INDArray mean, INDArray variance, INDArray gamma, INDArray beta, INDArray output) {
    Nd4j.exec(
        DynamicCustomOp.builder("batchnorm")
            .addInputs(input, mean, variance, gamma, beta)
            .addOutputs(output)
            .addIntegerArguments(1, 1, CHANNEL_AXIS)
            .addFloatingPointArguments(NormReluPool.EPSILON)
            .build());
  }

  private int poolSize() {
    return layerConf().getPoolSize();
  }

  private long channels() {
    return layerConf().getNOut();
  }

  private long[] pooledShape() {
    return new long[] {input.size(0), input.size(1) / poolSize(), input.size(2) / poolSize(), channels()};
  }

  /** kernel h, w; stride h, w; padding h, w; dilation h, w; kind of padding; (unused); data format. */
  private int[] poolArguments() {
    int size = poolSize();
    return new int[] {size, size, size, size, 0, 0, 1, 1, 0, 0, NHWC};
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
