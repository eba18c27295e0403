package org.bilateralbrain.nn.dl4j;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

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
