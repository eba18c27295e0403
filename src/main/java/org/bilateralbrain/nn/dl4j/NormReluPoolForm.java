package org.bilateralbrain.nn.dl4j;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A way to compute batch norm, ReLU and max pooling. There are two with the same results: loops in
 * Java, fast but for floats in main memory alone, and ND4J's operations, for GPUs and double
 * precision.
 *
 * <p>Arrays are (batch, height, width, channels), statistics and parameters are vectors with a
 * value per channel. Rows and columns that don't fill a pool are left out, as in PyTorch.
 */
interface NormReluPoolForm {

  static NormReluPoolForm bestFor(DataType dataType) {
    return FloatStorage.canHold(dataType) ? new NormReluPoolLoops() : new NormReluPoolOperations();
  }

  /** Mean and population variance of each channel. */
  void statistics(INDArray input, INDArray mean, INDArray variance);

  /** Each channel's affine map and what it is made of. */
  record Norm(INDArray mean, INDArray variance, INDArray gamma, INDArray beta) {}

  /**
   * What follows the norm.
   *
   * @param floor the least value that is let through: 0 for a ReLU, negative infinity for none
   * @param poolSize edge of the squares of which the highest value is kept; 1 without a ReLU
   */
  record Rectification(float floor, int poolSize) {
    static final float RELU = 0f;
    static final float NONE = Float.NEGATIVE_INFINITY;
  }

  void forward(INDArray input, Norm norm, Rectification then, INDArray output);

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
      Rectification then,
      INDArray outputGradient,
      INDArray inputGradient,
      INDArray gammaGradient,
      INDArray betaGradient);
}
