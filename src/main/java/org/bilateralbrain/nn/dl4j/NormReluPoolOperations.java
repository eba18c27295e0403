package org.bilateralbrain.nn.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The implementation by ND4J's operations, which work on every device and in every precision. */
final class NormReluPoolOperations implements NormReluPoolForm {

  private static final int CHANNEL_AXIS = 3;
  private static final int NHWC = 1;

  @Override
  public void statistics(INDArray input, INDArray mean, INDArray variance) {
    mean.assign(input.mean(0, 1, 2));
    variance.assign(input.var(false, 0, 1, 2));
  }

  @Override
  public void forward(INDArray input, Norm norm, Rectification rectification, INDArray output) {
    if (rectification.floor() == Rectification.NONE) {
      normalise(input, norm, output);
      return;
    }
    int poolSize = rectification.poolSize();
    if (poolSize == 1) {
      normaliseAndRectify(input, norm, output);
      return;
    }
    INDArray rectified = normaliseAndRectify(input, norm, like(input));
    Nd4j.exec(
        DynamicCustomOp.builder("maxpool2d")
            .addInputs(rectified)
            .addOutputs(output)
            .addIntegerArguments(poolArguments(poolSize))
            .build());
  }

  /**
   * With N values per channel, the normalised input x^ and its gradient g: d beta = sum g, d gamma
   * = sum g x^, d x = gamma / sqrt(variance + epsilon) (g - d beta / N - x^ d gamma / N). (The
   * native {@code batchnorm_bp} is only approximate: it fails the gradient check in the fourth
   * digit.)
   */
  @Override
  public void backward(
      INDArray input,
      Norm norm,
      Rectification rectification,
      INDArray outputGradient,
      INDArray inputGradient,
      INDArray gammaGradient,
      INDArray betaGradient) {
    long channels = input.size(CHANNEL_AXIS);
    long n = input.length() / channels;
    INDArray g =
        gradientAtNorm(input, norm, rectification, outputGradient).reshape('c', n, channels);
    INDArray one = Nd4j.ones(input.dataType(), channels);
    INDArray zero = Nd4j.zeros(input.dataType(), channels);
    normalise(input, new Norm(norm.mean(), norm.variance(), one, zero), inputGradient);
    INDArray normalised = inputGradient.reshape('c', n, channels);
    betaGradient.assign(g.sum(0));
    gammaGradient.assign(g.mul(normalised).sum(0));
    INDArray scale = Transforms.sqrt(norm.variance().add(NormReluPool.EPSILON)).rdivi(norm.gamma());
    normalised
        .muliRowVector(gammaGradient.div(-n))
        .addi(g)
        .subiRowVector(betaGradient.div(n))
        .muliRowVector(scale);
  }

  /** Propagates the gradient back through pool and ReLU. */
  private static INDArray gradientAtNorm(
      INDArray input, Norm norm, Rectification rectification, INDArray outputGradient) {
    if (rectification.floor() == Rectification.NONE) {
      return outputGradient;
    }
    INDArray rectified = normaliseAndRectify(input, norm, like(input));
    INDArray rectifiedGradient = outputGradient;
    if (rectification.poolSize() > 1) {
      rectifiedGradient = like(input);
      Nd4j.exec(
          DynamicCustomOp.builder("maxpool2d_bp")
              .addInputs(rectified, outputGradient)
              .addOutputs(rectifiedGradient)
              .addIntegerArguments(poolArguments(rectification.poolSize()))
              .build());
    }
    INDArray gradient = like(input);
    Nd4j.exec(
        DynamicCustomOp.builder("relu_bp")
            .addInputs(rectified, rectifiedGradient)
            .addOutputs(gradient)
            .addFloatingPointArguments(0.0)
            .build());
    return gradient;
  }

  private static INDArray normaliseAndRectify(INDArray input, Norm norm, INDArray output) {
    normalise(input, norm, output);
    Nd4j.exec(
        DynamicCustomOp.builder("relu")
            .addInputs(output)
            .addOutputs(output)
            .addFloatingPointArguments(0.0)
            .build());
    return output;
  }

  private static void normalise(INDArray input, Norm norm, INDArray output) {
    Nd4j.exec(
        DynamicCustomOp.builder("batchnorm")
            .addInputs(input, norm.mean(), norm.variance(), norm.gamma(), norm.beta())
            .addOutputs(output)
            .addIntegerArguments(1, 1, CHANNEL_AXIS)
            .addFloatingPointArguments(NormReluPool.EPSILON)
            .build());
  }

  private static INDArray like(INDArray array) {
    return Nd4j.createUninitialized(array.dataType(), array.shape(), 'c');
  }

  /** Kernel h, w; stride h, w; padding h, w; dilation h, w; padding mode; (unused); data format. */
  private static int[] poolArguments(int size) {
    return new int[] {size, size, size, size, 0, 0, 1, 1, 0, 0, NHWC};
  }
}
