package org.bilateralbrain.nn.layers;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A way to compute a convolution. There are two with the same results: oneDNN called directly, for
 * floats in main memory, and ND4J's operations, for GPUs (where they go through cuDNN) and double
 * precision.
 *
 * <p>Images are (batch, height, width, channels).
 */
interface ConvolutionForm {

  static ConvolutionForm bestFor(DataType dataType) {
    return FloatStorage.canHold(dataType) && OneDnn.isAvailable()
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
}
