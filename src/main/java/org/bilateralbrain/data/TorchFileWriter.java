package org.bilateralbrain.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a state dictionary as {@code torch.save} does in PyTorch 1.6 and newer, for {@code
 * torch.load(…, weights_only=True)}: a pickle in protocol 2 and the tensors' values in an
 * uncompressed zip archive. {@link TorchFile} reads it.
 */
public final class TorchFileWriter {

  private final ZipOutputStream zip;
  private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();
  private final Map<String, String> values = new HashMap<>();
  private int storages;

  public TorchFileWriter(OutputStream out) {
    zip = new ZipOutputStream(out);
    append("\200\2ccollections\nOrderedDict\n)R");
  }

  /** Adds a tensor of 32-bit floats. */
  public void add(String name, StoredTensor tensor) throws IOException {
    float[] floats = tensor.values();
    byte[] bytes = new byte[Math.multiplyExact(floats.length, Float.BYTES)];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(floats);
    add(name, "FloatStorage", floats.length, tensor.shape(), bytes);
  }

  /** Adds a 64-bit integer of value 0, such as a batch norm's {@code num_batches_tracked}. */
  public void addZero(String name) throws IOException {
    add(name, "LongStorage", 1, List.of(), new byte[Long.BYTES]);
  }

  /** Adds a tensor that has been added before under another name. */
  public void addAgain(String name, String earlier) {
    append(text(name) + Objects.requireNonNull(values.get(earlier), earlier) + "s");
  }

  private void add(String name, String type, int count, List<Integer> shape, byte[] content)
      throws IOException {
    String key = Integer.toString(storages++);
    store(zip, "archive/data/" + key, content);
    List<Integer> strides = new ArrayList<>();
    int stride = 1;
    for (int axis = shape.size() - 1; axis >= 0; axis--) {
      strides.add(0, stride);
      stride *= shape.get(axis);
    }
    String value =
        "ctorch._utils\n_rebuild_tensor_v2\n(("
            + text("storage")
            + "ctorch\n"
            + type
            + "\n"
            + text(key)
            + text("cpu")
            + integer(count)
            + "tQ"
            + integer(0)
            + tuple(shape)
            + tuple(strides)
            + "\211ccollections\nOrderedDict\n)RtR";
    values.put(name, value);
    append(text(name) + value + "s");
  }

  /** Ends the file; the stream stays open. */
  public void finish() throws IOException {
    append(".");
    store(zip, "archive/data.pkl", pickle.toByteArray());
    store(zip, "archive/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    store(zip, "archive/version", "3\n".getBytes(StandardCharsets.US_ASCII));
    zip.finish();
  }

  private void append(String instructions) {
    pickle.writeBytes(instructions.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return "X" + littleEndian32(utf8.length) + new String(utf8, StandardCharsets.ISO_8859_1);
  }

  private static String integer(int value) {
    return "J" + littleEndian32(value);
  }

  private static String tuple(List<Integer> values) {
    StringBuilder tuple = new StringBuilder("(");
    values.forEach(value -> tuple.append(integer(value)));
    return tuple.append("t").toString();
  }

  private static String littleEndian32(int value) {
    byte[] bytes = new byte[Integer.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(value);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Adds an uncompressed entry, of the same time in all files. */
  static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 checksum = new CRC32();
    checksum.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setTime(0);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(checksum.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
