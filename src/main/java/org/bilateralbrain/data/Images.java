package org.bilateralbrain.data;

import java.util.Arrays;

/**
 * Labelled images in memory: 32x32 pixels in three planes (red, green, blue, row by row), one byte
 * a value, as in CIFAR's files. The arrays are shared, not copied: nobody may write to them.
 *
 * @param pixels {@link #BYTES_PER_IMAGE} bytes an image, one after another
 * @param fine fine label of each image, as an unsigned byte
 * @param coarse coarse label of each image, as an unsigned byte
 */
public record Images(byte[] pixels, byte[] fine, byte[] coarse) {

  public static final int SIZE = 32;
  public static final int CHANNELS = 3;
  public static final int PIXELS = SIZE * SIZE;
  public static final int BYTES_PER_IMAGE = CHANNELS * PIXELS;

  public Images {
    if (fine.length != coarse.length || pixels.length != (long) fine.length * BYTES_PER_IMAGE) {
      throw new IllegalArgumentException(
          "%s fine labels, %s coarse labels and %s bytes of pixels don't belong together"
              .formatted(fine.length, coarse.length, pixels.length));
    }
  }

  public int count() {
    return fine.length;
  }

  public int fineLabel(int image) {
    return Byte.toUnsignedInt(fine[image]);
  }

  public int coarseLabel(int image) {
    return Byte.toUnsignedInt(coarse[image]);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Images that
        && Arrays.equals(pixels, that.pixels)
        && Arrays.equals(fine, that.fine)
        && Arrays.equals(coarse, that.coarse);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(fine) * 31 + Arrays.hashCode(coarse);
  }

  @Override
  public String toString() {
    return "Images[" + count() + "]";
  }
}
