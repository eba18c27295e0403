package org.bilateralbrain.data;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The records of a data set's files: coarse label, fine label, pixels. With 32x32 colour images and
 * labels of one byte this is CIFAR-100's "binary version".
 *
 * @param labelBytes length of a label: 1, or 2 with the higher byte first
 * @see <a href="https://www.cs.toronto.edu/~kriz/cifar.html">The CIFAR-10 and CIFAR-100
 *     datasets</a>
 */
public record RecordFormat(ImageShape shape, int labelBytes) implements Serializable {

  static final RecordFormat CIFAR = new RecordFormat(ImageShape.CIFAR, 1);

  static final int MAX_CLASSES = 1 << 16;

  /** The shortest one for so many classes of a kind. */
  static RecordFormat of(ImageShape shape, int classes) {
    return new RecordFormat(shape, classes <= 256 ? 1 : 2);
  }

  int recordBytes() {
    return 2 * labelBytes + shape.bytes();
  }

  /**
   * Images in records, whose bytes stay where they are.
   *
   * @param name of the file or files, for messages
   * @param pieces of whole records
   * @throws DataException if the bytes are not a whole number of records, or none
   */
  Images images(String name, List<ByteBuffer> pieces) {
    long bytes = pieces.stream().mapToLong(ByteBuffer::limit).sum();
    if (bytes == 0) {
      throw new DataException("%s is empty".formatted(name));
    }
    if (pieces.stream().anyMatch(piece -> piece.limit() % recordBytes() != 0)) {
      throw new DataException(
          "%s has %s bytes, which is not a multiple of the record size of %s: the file is truncated or in another format"
              .formatted(name, bytes, recordBytes()));
    }
    int count = Math.toIntExact(bytes / recordBytes());
    int[] coarse = new int[count];
    int[] fine = new int[count];
    int image = 0;
    for (ByteBuffer piece : pieces) {
      for (int start = 0; start < piece.limit(); start += recordBytes()) {
        coarse[image] = label(piece, start);
        fine[image] = label(piece, start + labelBytes);
        image++;
      }
    }
    return new Images(shape, new Images.Records(pieces, recordBytes()), fine, coarse);
  }

  private int label(ByteBuffer piece, int position) {
    int first = Byte.toUnsignedInt(piece.get(position));
    return labelBytes == 1 ? first : first << 8 | Byte.toUnsignedInt(piece.get(position + 1));
  }

  /** Writes all images. */
  void write(Images images, OutputStream out) throws IOException {
    byte[] pixels = new byte[shape.bytes()];
    for (int i = 0; i < images.count(); i++) {
      images.copyPixels(i, pixels);
      write(images.coarseLabel(i), images.fineLabel(i), pixels, out);
    }
  }

  /** Writes a record. */
  void write(int coarse, int fine, byte[] pixels, OutputStream out) throws IOException {
    writeLabel(coarse, out);
    writeLabel(fine, out);
    out.write(pixels);
  }

  private void writeLabel(int label, OutputStream out) throws IOException {
    if (labelBytes == 2) {
      out.write(label >> 8);
    }
    out.write(label);
  }
}
