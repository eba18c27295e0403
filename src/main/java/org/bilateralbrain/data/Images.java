package org.bilateralbrain.data;

import java.util.Arrays;

/**
 * Labelled images in memory: 32x32 pixels in three planes (red, green, blue, row by row), one byte
 * per value, as in CIFAR's files. The arrays are shared, not copied: treat them as read-only.
 *
 * @param pixels {@link #BYTES_PER_IMAGE} bytes per image, one image after the other
 * @param fine fine label of each image, as an unsigned byte
 * @param coarse coarse label of each image, as an unsigned byte
 */
public record Images(byte[] pixels, byte[] fine, byte[] coarse) {

  public static final int SIZE = 32;
  public static final int CHANNELS = 3;
  public static final int PIXELS = SIZE * SIZE;
  public static final int BYTES_PER_IMAGE = CHANNELS * PIXELS;

  /** A record of CIFAR-100's "binary version": coarse label, fine label, pixels. */
  static final int BYTES_PER_RECORD = 2 + BYTES_PER_IMAGE;

  public Images {
    if (fine.length != coarse.length || pixels.length != (long) fine.length * BYTES_PER_IMAGE) {
      throw new IllegalArgumentException(
          "%s fine labels, %s coarse labels and %s pixel bytes don't match"
              .formatted(fine.length, coarse.length, pixels.length));
    }
  }

  /**
   * Reads the records of CIFAR-100's "binary version".
   *
   * @param name of the file, for messages
   * @throws DataException if the bytes are not a whole number of records, or none
   * @see <a href="https://www.cs.toronto.edu/~kriz/cifar.html">The CIFAR-10 and CIFAR-100
   *     datasets</a>
   */
  static Images ofRecords(String name, byte[] records) {
    if (records.length == 0) {
      throw new DataException("%s is empty".formatted(name));
    }
    if (records.length % BYTES_PER_RECORD != 0) {
      throw new DataException(
          "%s has %s bytes, which is not a multiple of the record size of %s: the file is truncated or in another format"
              .formatted(name, records.length, BYTES_PER_RECORD));
    }
    int count = records.length / BYTES_PER_RECORD;
    byte[] pixels = new byte[count * BYTES_PER_IMAGE];
    byte[] fine = new byte[count];
    byte[] coarse = new byte[count];
    for (int i = 0; i < count; i++) {
      int start = i * BYTES_PER_RECORD;
      coarse[i] = records[start];
      fine[i] = records[start + 1];
      System.arraycopy(records, start + 2, pixels, i * BYTES_PER_IMAGE, BYTES_PER_IMAGE);
    }
    return new Images(pixels, fine, coarse);
  }

  /** The inverse of {@link #ofRecords}. */
  byte[] toRecords() {
    byte[] records = new byte[Math.multiplyExact(count(), BYTES_PER_RECORD)];
    for (int i = 0; i < count(); i++) {
      int start = i * BYTES_PER_RECORD;
      records[start] = coarse[i];
      records[start + 1] = fine[i];
      System.arraycopy(pixels, i * BYTES_PER_IMAGE, records, start + 2, BYTES_PER_IMAGE);
    }
    return records;
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
