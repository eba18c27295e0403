package org.bilateralbrain.data;

/**
 * The records of CIFAR-100's "binary version": coarse label, fine label, then the image's 3,072
 * bytes.
 *
 * @see <a href="https://www.cs.toronto.edu/~kriz/cifar.html">The CIFAR-10 and CIFAR-100
 *     datasets</a>
 */
final class RecordFormat {

  static final int BYTES_PER_RECORD = 2 + Images.BYTES_PER_IMAGE;

  private RecordFormat() {}

  /**
   * @param name the file, for messages
   * @throws DataException if the bytes are not a whole number of records, or none
   */
  static Images decode(String name, byte[] bytes) {
    if (bytes.length == 0) {
      throw new DataException("%s is empty".formatted(name));
    }
    if (bytes.length % BYTES_PER_RECORD != 0) {
      throw new DataException(
          "%s has %s bytes, not a multiple of the %s of a record: the file is truncated or in another format"
              .formatted(name, bytes.length, BYTES_PER_RECORD));
    }
    int count = bytes.length / BYTES_PER_RECORD;
    byte[] pixels = new byte[count * Images.BYTES_PER_IMAGE];
    byte[] fine = new byte[count];
    byte[] coarse = new byte[count];
    for (int i = 0; i < count; i++) {
      int start = i * BYTES_PER_RECORD;
      coarse[i] = bytes[start];
      fine[i] = bytes[start + 1];
      System.arraycopy(
          bytes, start + 2, pixels, i * Images.BYTES_PER_IMAGE, Images.BYTES_PER_IMAGE);
    }
    return new Images(pixels, fine, coarse);
  }

  static byte[] encode(Images images) {
    byte[] bytes = new byte[Math.multiplyExact(images.count(), BYTES_PER_RECORD)];
    for (int i = 0; i < images.count(); i++) {
      int start = i * BYTES_PER_RECORD;
      bytes[start] = images.coarse()[i];
      bytes[start + 1] = images.fine()[i];
      System.arraycopy(
          images.pixels(), i * Images.BYTES_PER_IMAGE, bytes, start + 2, Images.BYTES_PER_IMAGE);
    }
    return bytes;
  }
}
