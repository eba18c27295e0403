package org.bilateralbrain.nn.dl4j;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A way to compute a convolution. There are two with the same results: oneDNN called directly, for
 * floats in main memory, and ND4J's operations, for GPUs (where they go through cuDNN) and double
 * precision.
 *
 * <p>Images are (batch, height, width, channels).
 */
interface ConvolutionForm {

  static ConvolutionForm bestFor(DataType dataType) {
    return FloatStorage.canHold(dataType) && OneDnnConvolution.OneDnn.isAvailable()
        ? new ConvolutionOneDnn()
        : new ConvolutionOperations();
  }

  void forward(INDArray input, Kernel kernel, INDArray output);

  /**
   * @param inputGradient receives its result
   * @param kernelGradient likewise
   */
  void backward(
      INDArray input,
      Kernel kernel,
      INDArray outputGradient,
      INDArray inputGradient,
      Kernel kernelGradient);

  /** For a network's first layer, whose input needs no gradient. */
  void backwardToKernel(
      INDArray input, Kernel kernel, INDArray outputGradient, Kernel kernelGradient);

  /**
   * The form made of ND4J's native {@code conv2d} and {@code conv2d_bp} (DL4J's own convolution
   * falls back to im2col and a matrix product on CPUs).
   */
  final class ConvolutionOperations implements ConvolutionForm {

    private static final int NHWC = 1;
    private static final int WEIGHTS_KH_KW_IN_OUT = 0;
    private static final int PADDING_AS_GIVEN = 0;

    @Override
    public void forward(INDArray input, Kernel kernel, INDArray output) {
      Nd4j.exec(
          DynamicCustomOp.builder("conv2d")
              .addInputs(with(kernel.bias(), input, kernel.weights()))
              .addOutputs(output)
              .addIntegerArguments(arguments(kernel))
              .build());
    }

    @Override
    public void backward(
        INDArray input,
        Kernel kernel,
        INDArray outputGradient,
        INDArray inputGradient,
        Kernel kernelGradient) {
      INDArray[] inputs = with(kernel.bias(), input, kernel.weights());
      Nd4j.exec(
          DynamicCustomOp.builder("conv2d_bp")
              .addInputs(with(Optional.of(outputGradient), inputs))
              .addOutputs(with(kernelGradient.bias(), inputGradient, kernelGradient.weights()))
              .addIntegerArguments(arguments(kernel))
              .build());
    }

    private static INDArray[] with(Optional<INDArray> last, INDArray... first) {
      return Stream.concat(Arrays.stream(first), last.stream()).toArray(INDArray[]::new);
    }

    /** The operation has no way to leave the input's gradient out. */
    @Override
    public void backwardToKernel(
        INDArray input, Kernel kernel, INDArray outputGradient, Kernel kernelGradient) {
      INDArray ignored = Nd4j.createUninitialized(input.dataType(), input.shape(), 'c');
      backward(input, kernel, outputGradient, ignored, kernelGradient);
    }

    /**
     * kernel h, w; stride h, w; padding h, w; dilation h, w; kind of padding; data format; weight
     * format.
     */
    private static int[] arguments(Kernel kernel) {
      int size = (int) kernel.size();
      int stride = kernel.stride();
      int padding = size / 2;
      return new int[] {
        size,
        size,
        stride,
        stride,
        padding,
        padding,
        1,
        1,
        PADDING_AS_GIVEN,
        NHWC,
        WEIGHTS_KH_KW_IN_OUT
      };
    }
  }

  /**
   * What a convolution multiplies and adds, or the gradient of that.
   *
   * @param weights (height, width, channels in, channels out), height and width being equal and odd
   * @param bias a value for each channel out
   * @param stride between the places where the kernel is applied; images are padded so that with
   *     stride 1 they keep their size
   */
  record Kernel(INDArray weights, Optional<INDArray> bias, int stride) {

    long size() {
      return weights.size(0);
    }

    long channelsIn() {
      return weights.size(2);
    }

    long channelsOut() {
      return weights.size(3);
    }

    /** Height or width of what comes out. */
    static long extent(long extentIn, long kernelSize, long stride) {
      return (extentIn + 2 * (kernelSize / 2) - kernelSize) / stride + 1;
    }
  }
}
