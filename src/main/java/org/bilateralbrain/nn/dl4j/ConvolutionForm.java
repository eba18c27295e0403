package org.bilateralbrain.nn.dl4j;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A way to compute a convolution. Two implementations give the same results: direct calls of
 * oneDNN, for floats in main memory, and ND4J's operations, for GPUs (through cuDNN) and double
 * precision.
 *
 * <p>Images are (batch, height, width, channels).
 */
interface ConvolutionForm {

  /** The faster implementation of those that support a data type on this backend. */
  static ConvolutionForm bestFor(DataType dataType) {
    return FloatStorage.canHold(dataType) && OneDnnConvolution.OneDnn.isAvailable()
        ? new ConvolutionOneDnn()
        : new ConvolutionOperations();
  }

  void forward(INDArray input, Kernel kernel, INDArray output);

  /**
   * @param inputGradient overwritten with the result
   * @param kernelGradient overwritten with the result
   */
  void backward(
      INDArray input,
      Kernel kernel,
      INDArray outputGradient,
      INDArray inputGradient,
      Kernel kernelGradient);

  /** Likewise without the kernel's gradient. */
  void backwardToInput(
      INDArray input, Kernel kernel, INDArray outputGradient, INDArray inputGradient);

  /** Likewise without the input's gradient, for layers that read the network's input. */
  void backwardToKernel(
      INDArray input, Kernel kernel, INDArray outputGradient, Kernel kernelGradient);

  /**
   * The implementation by ND4J's native {@code conv2d} and {@code conv2d_bp} (DL4J's own
   * convolution falls back to im2col and a matrix product on CPUs).
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

    /** The operation can't omit the kernel's gradient. */
    @Override
    public void backwardToInput(
        INDArray input, Kernel kernel, INDArray outputGradient, INDArray inputGradient) {
      Kernel ignored =
          new Kernel(kernel.weights().ulike(), kernel.bias().map(INDArray::ulike), kernel.stride());
      backward(input, kernel, outputGradient, inputGradient, ignored);
    }

    /** The operation can't omit the input's gradient. */
    @Override
    public void backwardToKernel(
        INDArray input, Kernel kernel, INDArray outputGradient, Kernel kernelGradient) {
      INDArray ignored = Nd4j.createUninitialized(input.dataType(), input.shape(), 'c');
      backward(input, kernel, outputGradient, ignored, kernelGradient);
    }

    /**
     * Kernel h, w; stride h, w; padding h, w; dilation h, w; padding mode; data format; weight
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
   * A convolution's parameters, or their gradients. Zero padding preserves height and width at
   * stride 1.
   *
   * @param weights (height, width, channels in, channels out), with equal, odd height and width
   * @param bias one value per output channel
   * @param stride distance in pixels between applications of the kernel
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

    /** Height or width of the output. */
    static long extent(long extentIn, long kernelSize, long stride) {
      return (extentIn + 2 * (kernelSize / 2) - kernelSize) / stride + 1;
    }
  }
}
