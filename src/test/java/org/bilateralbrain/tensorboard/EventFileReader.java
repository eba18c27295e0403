package org.bilateralbrain.tensorboard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.UnknownFieldSet;

/**
 * Reads event files by the public descriptions of TFRecord, event.proto, summary.proto and
 * tensor.proto, independently of what wrote them: with neither the generated classes nor the JDK's
 * checksum.
 */
public final class EventFileReader {

  private static final int POLYNOMIAL = 0x82f63b78; // Castagnoli's, reversed

  /**
   * One event.
   *
   * @param version empty unless it is the first
   * @param scalars by tag
   * @param texts likewise
   */
  public record Event(
      double wallTime,
      long step,
      String version,
      Map<String, Float> scalars,
      Map<String, String> texts) {}

  private EventFileReader() {}

  /**
   * @throws IOException if the framing is broken, a checksum is wrong, or a value is neither a
   *     scalar nor a text
   */
  public static List<Event> read(byte[] file) throws IOException {
    List<Event> events = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      byte[] length = checked(in, Long.BYTES);
      byte[] data =
          checked(
              in,
              Math.toIntExact(ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()));
      events.add(event(UnknownFieldSet.parseFrom(data)));
    }
    return events;
  }

  private static byte[] checked(ByteBuffer in, int length) throws IOException {
    byte[] bytes = new byte[length];
    in.get(bytes);
    int expected = in.getInt();
    int crc = crc(bytes);
    int masked = (crc >>> 15 | crc << 17) + 0xa282ead8;
    if (masked != expected) {
      throw new IOException(
          "the checksum before byte %d is %08x, not %08x"
              .formatted(in.position(), expected, masked));
    }
    return bytes;
  }

  static int crc(byte[] bytes) {
    int crc = ~0;
    for (byte each : bytes) {
      crc ^= each & 0xff;
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        crc = (crc >>> 1) ^ ((crc & 1) * POLYNOMIAL);
      }
    }
    return ~crc;
  }

  /** Event: wall_time = 1, step = 2, file_version = 3, summary = 5; Summary: value = 1. */
  private static Event event(UnknownFieldSet event) throws IOException {
    double wallTime = Double.longBitsToDouble(event.getField(1).getFixed64List().get(0));
    long step = event.hasField(2) ? event.getField(2).getVarintList().get(0) : 0;
    String version = event.hasField(3) ? text(event, 3) : "";
    Map<String, Float> scalars = new LinkedHashMap<>();
    Map<String, String> texts = new LinkedHashMap<>();
    if (event.hasField(5)) {
      for (ByteString value : message(event, 5).getField(1).getLengthDelimitedList()) {
        add(UnknownFieldSet.parseFrom(value), scalars, texts);
      }
    }
    return new Event(wallTime, step, version, scalars, texts);
  }

  /** Summary.Value: tag = 1, simple_value = 2, tensor = 8, metadata = 9. */
  private static void add(
      UnknownFieldSet value, Map<String, Float> scalars, Map<String, String> texts)
      throws IOException {
    String tag = text(value, 1);
    Object before;
    if (value.hasField(2)) {
      before = scalars.put(tag, Float.intBitsToFloat(value.getField(2).getFixed32List().get(0)));
    } else {
      before = texts.put(tag, text(value));
    }
    if (before != null) {
      throw new IOException(tag + " is there twice in one event");
    }
  }

  /**
   * SummaryMetadata: plugin_data = 1; PluginData: plugin_name = 1. TensorProto: dtype = 1,
   * tensor_shape = 2, string_val = 8; TensorShapeProto: dim = 2; Dim: size = 1. DT_STRING is 7.
   */
  private static String text(UnknownFieldSet value) throws IOException {
    String plugin = text(message(message(value, 9), 1), 1);
    UnknownFieldSet tensor = message(value, 8);
    long type = tensor.getField(1).getVarintList().get(0);
    List<ByteString> dimensions = message(tensor, 2).getField(2).getLengthDelimitedList();
    long size = UnknownFieldSet.parseFrom(dimensions.get(0)).getField(1).getVarintList().get(0);
    if (!plugin.equals("text") || type != 7 || dimensions.size() != 1 || size != 1) {
      throw new IOException(
          "plugin %s, type %d, %d dimensions of %d"
              .formatted(plugin, type, dimensions.size(), size));
    }
    return text(tensor, 8);
  }

  private static UnknownFieldSet message(UnknownFieldSet message, int field) throws IOException {
    return UnknownFieldSet.parseFrom(message.getField(field).getLengthDelimitedList().get(0));
  }

  private static String text(UnknownFieldSet message, int field) {
    return message.getField(field).getLengthDelimitedList().get(0).toStringUtf8();
  }
}
