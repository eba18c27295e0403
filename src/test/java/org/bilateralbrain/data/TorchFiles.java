package org.bilateralbrain.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bilateralbrain.nn.Weights;

/** Writes files as torch.save does: a pickle and the storages in an uncompressed archive. */
public final class TorchFiles {

  private TorchFiles() {}

  /** A state dictionary, one storage per tensor, in pickle protocol 2. */
  public static byte[] stateDictionary(Map<String, Weights.Tensor> tensors) throws IOException {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(archive)) {
      write(pickle, "\200\2ccollections\nOrderedDict\n)R");
      int number = 0;
      for (Map.Entry<String, Weights.Tensor> entry : tensors.entrySet()) {
        write(pickle, item(entry.getKey(), entry.getValue(), Integer.toString(number)));
        store(zip, "archive/data/" + number, littleEndian(entry.getValue().values()));
        number++;
      }
      write(pickle, ".");
      store(zip, "archive/data.pkl", pickle.toByteArray());
    }
    return archive.toByteArray();
  }

  private static void write(ByteArrayOutputStream out, String instructions) {
    out.writeBytes(instructions.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String item(String name, Weights.Tensor tensor, String key) {
    int[] size = tensor.shape().stream().mapToInt(Integer::intValue).toArray();
    int[] stride = new int[size.length];
    int step = 1;
    for (int axis = size.length - 1; axis >= 0; axis--) {
      stride[axis] = step;
      step *= size[axis];
    }
    return text(name)
        + "ctorch._utils\n_rebuild_tensor_v2\n(("
        + text("storage")
        + "ctorch\nFloatStorage\n"
        + text(key)
        + text("cpu")
        + integer(tensor.values().length)
        + "tQ"
        + integer(0)
        + tuple(size)
        + tuple(stride)
        + "\211ccollections\nOrderedDict\n)RtRs";
  }

  private static String text(String text) {
    return "X" + littleEndian(text.length()) + text;
  }

  private static String integer(int value) {
    return "J" + littleEndian(value);
  }

  private static String tuple(int... values) {
    StringBuilder tuple = new StringBuilder("(");
    Arrays.stream(values).forEach(value -> tuple.append(integer(value)));
    return tuple.append("t").toString();
  }

  private static String littleEndian(int value) {
    byte[] bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static byte[] littleEndian(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  /** Adds an uncompressed entry. */
  static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 checksum = new CRC32();
    checksum.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(checksum.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
