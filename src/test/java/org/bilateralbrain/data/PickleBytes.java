package org.bilateralbrain.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes Python 2 pickles (protocol 2) instruction by instruction, as NumPy did at that time. */
final class PickleBytes {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  PickleBytes() {
    out.writeBytes(new byte[] {(byte) 0x80, 2});
  }

  /** {@code train} or {@code test} of the python version. */
  static byte[] images(Images images) {
    return images(images.fine(), images.coarse(), images.pixels(0, images.count()), "u1");
  }

  /** Likewise of one image, whose array may be of any type and size. */
  static byte[] images(byte[] pixels, String type) {
    return images(new int[1], new int[1], pixels, type);
  }

  private static byte[] images(int[] fine, int[] coarse, byte[] pixels, String type) {
    return new PickleBytes()
        .op('}')
        .op('(')
        .text("fine_labels")
        .labels(fine)
        .text("coarse_labels")
        .labels(coarse)
        .text("data")
        .array(fine.length, pixels, type)
        .op('u')
        .end();
  }

  static byte[] names(List<String> fine, List<String> coarse) {
    return new PickleBytes()
        .op('}')
        .op('(')
        .text("fine_label_names")
        .texts(fine)
        .text("coarse_label_names")
        .texts(coarse)
        .op('u')
        .end();
  }

  PickleBytes op(char instruction) {
    out.write(instruction);
    return this;
  }

  PickleBytes global(String module, String name) {
    return op('c').raw(module + "\n" + name + "\n");
  }

  PickleBytes text(String text) {
    return op('U').op((char) text.length()).raw(text);
  }

  PickleBytes integer(int value) {
    return op('J').littleEndian(value);
  }

  private PickleBytes texts(List<String> texts) {
    op(']').op('(');
    texts.forEach(this::text);
    return op('e');
  }

  private PickleBytes labels(int[] labels) {
    op(']').op('(');
    for (int label : labels) {
      integer(label);
    }
    return op('e');
  }

  private PickleBytes array(int rows, byte[] values, String type) {
    global("numpy.core.multiarray", "_reconstruct");
    global("numpy", "ndarray").integer(0).tuple(1).text("b").tuple(3).op('R');
    op('(').integer(1).integer(rows).integer(rows == 0 ? 0 : values.length / rows).tuple(2);
    global("numpy", "dtype").text(type).integer(0).integer(1).tuple(3).op('R');
    op('(')
        .integer(3)
        .text("|")
        .op('N')
        .op('N')
        .op('N')
        .integer(-1)
        .integer(-1)
        .integer(0)
        .op('t')
        .op('b');
    op((char) 0x89);
    return op('T').littleEndian(values.length).raw(values).op('t').op('b');
  }

  PickleBytes tuple(int size) {
    return op((char) (0x84 + size));
  }

  byte[] end() {
    return op('.').out.toByteArray();
  }

  private PickleBytes littleEndian(int value) {
    return raw(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  private PickleBytes raw(String text) {
    return raw(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private PickleBytes raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }
}
