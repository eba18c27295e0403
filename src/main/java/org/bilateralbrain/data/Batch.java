package org.bilateralbrain.data;

/**
 * Images on their way into a network.
 *
 * @param pixels normalised, in the order (image, row, column, channel)
 * @param fine fine label of each image
 * @param coarse coarse label of each image
 */
public record Batch(float[] pixels, int[] fine, int[] coarse) {

  static Batch ofCapacity(int images) {
    return new Batch(new float[images * Images.BYTES_PER_IMAGE], new int[images], new int[images]);
  }

  public int count() {
    return fine.length;
  }
}
