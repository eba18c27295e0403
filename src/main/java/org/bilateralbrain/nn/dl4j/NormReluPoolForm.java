package org.bilateralbrain.nn.dl4j;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A way to compute batch norm, ReLU and max pooling. Two implementations give the same results:
 * Java loops, which are faster but need floats in main memory, and ND4J's operations, for GPUs and
 * double precision.
 *
 * <p>Arrays are (batch, height, width, channels), statistics and parameters are vectors with one
 * value per channel. Rows and columns that don't fill a pool are dropped, as in PyTorch.
 */
interface NormReluPoolForm {

  /** The faster implementation of those that support a data type on this backend. */
  static NormReluPoolForm bestFor(DataType dataType) {
    return FloatStorage.canHold(dataType) ? new NormReluPoolLoops() : new NormReluPoolOperations();
  }

  /** Writes the mean and population variance of each channel. */
  void statistics(INDArray input, INDArray mean, INDArray variance);

  /** Statistics and parameters of batch norm, one value per channel. */
  record Norm(INDArray mean, INDArray variance, INDArray gamma, INDArray beta) {}

  /**
   * What follows batch norm.
   *
   * @param floor lower bound of the output: 0 for a ReLU, negative infinity for none
   * @param poolSize edge length of the pools; 1 for no pooling, and always 1 without a ReLU
   */
  record Rectification(float floor, int poolSize) {
    static final float RELU = 0f;
    static final float NONE = Float.NEGATIVE_INFINITY;
  }

  void forward(INDArray input, Norm norm, Rectification rectification, INDArray output);

  /**
   * The backward pass of a batch that was normalised by its own statistics.
   *
   * @param inputGradient overwritten with the result
   * @param gammaGradient overwritten with the result
   * @param betaGradient overwritten with the result
   */
  void backward(
      INDArray input,
      Norm norm,
      Rectification rectification,
      INDArray outputGradient,
      INDArray inputGradient,
      INDArray gammaGradient,
      INDArray betaGradient);
}
