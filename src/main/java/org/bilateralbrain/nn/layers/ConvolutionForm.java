package org.bilateralbrain.nn.layers;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A way to compute a convolution with stride 1 that keeps height and width. There are two with the same results:
 * oneDNN called directly, for floats in main memory, and ND4J's operations, for GPUs (where they go through cuDNN) and
 * double precision.
 *
 * <p>Images are (batch, height, width, channels), weights (kernel, kernel, channels in, channels out).
 */
interface ConvolutionForm {

  static ConvolutionForm bestFor(DataType dataType) {
    return FloatStorage.canHold(dataType) && OneDnn.isAvailable() ? new ConvolutionOneDnn() : new ConvolutionOperations();
  }

  void forward(INDArray input, INDArray weights, INDArray output);

  /**
   * @param inputGradient receives its result
   * @param weightGradient likewise
   */
  void backward(
      INDArray input,
      INDArray weights,
      INDArray outputGradient,
      INDArray inputGradient,
      INDArray weightGradient);

  /** For a network's first layer, whose input needs no gradient. */
  void backwardToWeights(INDArray input, INDArray weights, INDArray outputGradient, INDArray weightGradient);
}
