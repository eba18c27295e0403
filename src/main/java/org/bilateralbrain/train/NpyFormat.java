package org.bilateralbrain.train;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Matrices of floats as NumPy writes them, so that {@code numpy.load(file, mmap_mode="r")} reads
 * our features: version 1.0 of the {@code .npy} format, a header and the values row by row,
 * little-endian.
 */
final class NpyFormat {

  static final String EXTENSION = ".npy";

  private static final int HEADER_BYTES = 128;
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

  private NpyFormat() {}

  static byte[] header(int rows, int columns) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int described = HEADER_BYTES - MAGIC.length - Short.BYTES;
    String description =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%s, %s), }".formatted(rows, columns);
    String padded = description + " ".repeat(described - 1 - description.length()) + "\n";
    return header
        .put(MAGIC)
        .putShort((short) described)
        .put(padded.getBytes(StandardCharsets.US_ASCII))
        .array();
  }

  static byte[] values(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  /**
   * The values of a file.
   *
   * @throws PermanentFailureException if it is not a matrix of this shape
   */
  static FloatBuffer matrix(ByteBuffer file, int rows, int columns) {
    long bytes = HEADER_BYTES + (long) rows * columns * Float.BYTES;
    if (file.capacity() != bytes
        || !file.slice(0, HEADER_BYTES).equals(ByteBuffer.wrap(header(rows, columns)))) {
      throw new PermanentFailureException(
          "stored features are not a matrix of %s x %s".formatted(rows, columns));
    }
    return file.slice(HEADER_BYTES, file.capacity() - HEADER_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer();
  }
}
