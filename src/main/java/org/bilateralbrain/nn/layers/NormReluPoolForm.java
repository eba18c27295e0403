package org.bilateralbrain.nn.layers;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A way to compute batch norm, ReLU and max pooling. There are two with the same results: loops in Java, fast but for
 * floats in main memory alone, and ND4J's operations, for GPUs and double precision.
 *
 * <p>Arrays are (batch, height, width, channels), statistics and parameters are vectors with a value per channel. Rows
 * and columns that don't fill a pool are left out, as in PyTorch.
 */
interface NormReluPoolForm {

  static NormReluPoolForm bestFor(DataType dataType) {
    return FloatStorage.canHold(dataType) ? new NormReluPoolLoops() : new NormReluPoolOperations();
  }

  /** Mean and population variance of each channel. */
  void statistics(INDArray input, INDArray mean, INDArray variance);

  /** One channel's affine map and what it is made of. */
  record Norm(INDArray mean, INDArray variance, INDArray gamma, INDArray beta) {}

  void forward(INDArray input, Norm norm, int poolSize, INDArray output);

  /**
   * The way back through a batch that was normalised by its own statistics.
   *
   * @param inputGradient receives its result
   * @param gammaGradient likewise
   * @param betaGradient likewise
   */
  void backward(
      INDArray input,
      Norm norm,
      int poolSize,
      INDArray outputGradient,
      INDArray inputGradient,
      INDArray gammaGradient,
      INDArray betaGradient);
}
