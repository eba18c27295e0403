package org.bilateralbrain.nn.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Positions of images, rows and pools of {@code poolSize} x {@code poolSize} pixels in an array
 * (count, height, width, channels). Rows and columns that don't fill a pool belong to none.
 */
record ImageLayout(int count, int height, int width, int channels, int poolSize) {

  static ImageLayout of(INDArray array, int poolSize) {
    return new ImageLayout(
        (int) array.size(0),
        (int) array.size(1),
        (int) array.size(2),
        (int) array.size(3),
        poolSize);
  }

  int pixels() {
    return height * width;
  }

  /** How many pixels fit into a {@link FloatStorage#PIECE}, but at least one. */
  int pixelsAtATime() {
    return Math.max(1, FloatStorage.PIECE / channels);
  }

  int pooledHeight() {
    return height / poolSize;
  }

  int pooledWidth() {
    return width / poolSize;
  }

  /** Index of a pixel's first value. */
  long position(int image, int pixel) {
    return ((long) image * pixels() + pixel) * channels;
  }

  /** Index of the first value of a row of pools in the pooled array. */
  long pooledPosition(int image, int pooledRow) {
    return ((long) image * pooledHeight() + pooledRow) * pooledWidth() * channels;
  }
}
