package org.bilateralbrain.nn.layers;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The form made of ND4J's native {@code conv2d} and {@code conv2d_bp} (DL4J's own convolution falls back to im2col and a
 * matrix product on CPUs).
 */
final class ConvolutionOperations implements ConvolutionForm {

  private static final int NHWC = 1;
  private static final int WEIGHTS_KH_KW_IN_OUT = 0;
  private static final int PADDING_AS_GIVEN = 0;

  @Override
  public void forward(INDArray input, INDArray weights, INDArray output) {
    Nd4j.exec(
        DynamicCustomOp.builder("conv2d")
            .addInputs(input, weights)
            .addOutputs(output)
            .addIntegerArguments(arguments(weights))
            .build());
  }

  @Override
  public void backward(
      INDArray input,
      INDArray weights,
      INDArray outputGradient,
      INDArray inputGradient,
      INDArray weightGradient) {
    Nd4j.exec(
        DynamicCustomOp.builder("conv2d_bp")
            .addInputs(input, weights, outputGradient)
            .addOutputs(inputGradient, weightGradient)
            .addIntegerArguments(arguments(weights))
            .build());
  }

  /** The operation has no way to leave the input's gradient out. */
  @Override
  public void backwardToWeights(
      INDArray input, INDArray weights, INDArray outputGradient, INDArray weightGradient) {
    INDArray ignored = Nd4j.createUninitialized(input.dataType(), input.shape(), 'c');
    backward(input, weights, outputGradient, ignored, weightGradient);
  }

  /** kernel h, w; stride h, w; padding h, w; dilation h, w; kind of padding; data format; weight format. */
  private static int[] arguments(INDArray weights) {
    int kernel = (int) weights.size(0);
    int padding = kernel / 2;
    return new int[] {
      kernel, kernel, 1, 1, padding, padding, 1, 1, PADDING_AS_GIVEN, NHWC, WEIGHTS_KH_KW_IN_OUT
    };
  }
}
