package org.bilateralbrain.nn.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where images, their rows and the pools of {@code poolSize} x {@code poolSize} pixels lie in an
 * array (count, height, width, channels). Rows and columns that don't fill a pool belong to none.
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

  /** As many as fit into a {@link FloatStorage#PIECE}, at least one. */
  int pixelsAtATime() {
    return Math.max(1, FloatStorage.PIECE / channels);
  }

  int pooledHeight() {
    return height / poolSize;
  }

  int pooledWidth() {
    return width / poolSize;
  }

  long position(int image, int pixel) {
    return ((long) image * pixels() + pixel) * channels;
  }

  long pooledPosition(int image, int pooledRow) {
    return ((long) image * pooledHeight() + pooledRow) * pooledWidth() * channels;
  }
}
