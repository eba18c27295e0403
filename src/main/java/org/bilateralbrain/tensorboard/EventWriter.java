package org.bilateralbrain.tensorboard;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Map;
import java.util.zip.CRC32C;
import org.bilateralbrain.store.ProtobufMessage;

/**
 * Writes TensorBoard's event file of one run to a stream, which stays open. Events should come in
 * the order of their steps.
 */
public final class EventWriter {

  /** TensorBoard takes a file for an event file if this is anywhere in its name. */
  private static final String FILE_MARK = "tfevents";

  private static final String VERSION = "brain.Event:2";

  /** TensorFlow adds it to checksums, see {@link #maskedCrc}. */
  private static final int MASK_DELTA = 0xa282ead8;

  // Fields of TensorFlow's messages, in tensorflow/core/util/event.proto and framework/*.proto
  private static final int EVENT_WALL_TIME = 1;
  private static final int EVENT_STEP = 2;
  private static final int EVENT_FILE_VERSION = 3;
  private static final int EVENT_SUMMARY = 5;
  private static final int SUMMARY_VALUE = 1;
  private static final int VALUE_TAG = 1;
  private static final int VALUE_SIMPLE_VALUE = 2;
  private static final int VALUE_TENSOR = 8;
  private static final int VALUE_METADATA = 9;
  private static final int METADATA_PLUGIN_DATA = 1;
  private static final int PLUGIN_DATA_NAME = 1;
  private static final int TENSOR_TYPE = 1;
  private static final int TENSOR_SHAPE = 2;
  private static final int TENSOR_STRINGS = 8;
  private static final int TYPE_STRING = 7;
  private static final int SHAPE_DIMENSION = 2;
  private static final int DIMENSION_SIZE = 1;

  private final OutputStream out;

  private EventWriter(OutputStream out) {
    this.out = out;
  }

  /**
   * The name of an event file. TensorBoard takes every folder that holds one for a run.
   *
   * @param started when the run started; TensorBoard reads several files of one run in the order of
   *     their names
   * @param run distinguishes the file from others, should they ever share a folder
   */
  public static String fileName(Instant started, String run) {
    return "events.out.%s.%s.%s".formatted(FILE_MARK, started.getEpochSecond(), run);
  }

  static boolean isEventFile(String name) {
    return name.contains(FILE_MARK);
  }

  /** Writes what every event file begins with. */
  public static EventWriter begin(OutputStream out, Instant time) throws IOException {
    EventWriter writer = new EventWriter(out);
    writer.write(event(time).text(EVENT_FILE_VERSION, VERSION));
    return writer;
  }

  /**
   * One point on each of several curves.
   *
   * @param values by tag; they become 32-bit floats
   */
  public void scalars(Instant time, long step, Map<String, Double> values) throws IOException {
    ProtobufMessage summary = new ProtobufMessage();
    values.forEach(
        (tag, value) ->
            summary.part(
                SUMMARY_VALUE,
                new ProtobufMessage()
                    .text(VALUE_TAG, tag)
                    .real(VALUE_SIMPLE_VALUE, value.floatValue())));
    write(event(time).number(EVENT_STEP, step).part(EVENT_SUMMARY, summary));
  }

  /** A text, which TensorBoard renders as Markdown. */
  public void text(Instant time, long step, String tag, String markdown) throws IOException {
    ProtobufMessage shape =
        new ProtobufMessage()
            .part(SHAPE_DIMENSION, new ProtobufMessage().number(DIMENSION_SIZE, 1));
    ProtobufMessage tensor =
        new ProtobufMessage()
            .number(TENSOR_TYPE, TYPE_STRING)
            .part(TENSOR_SHAPE, shape)
            .text(TENSOR_STRINGS, markdown);
    ProtobufMessage plugin = new ProtobufMessage().text(PLUGIN_DATA_NAME, "text");
    ProtobufMessage value =
        new ProtobufMessage()
            .text(VALUE_TAG, tag)
            .part(VALUE_TENSOR, tensor)
            .part(VALUE_METADATA, new ProtobufMessage().part(METADATA_PLUGIN_DATA, plugin));
    ProtobufMessage summary = new ProtobufMessage().part(SUMMARY_VALUE, value);
    write(event(time).number(EVENT_STEP, step).part(EVENT_SUMMARY, summary));
  }

  private static ProtobufMessage event(Instant time) {
    return new ProtobufMessage()
        .real(EVENT_WALL_TIME, time.getEpochSecond() + time.getNano() / 1e9);
  }

  private void write(ProtobufMessage event) throws IOException {
    out.write(record(event.bytes()));
  }

  /**
   * TensorFlow's framing of records, TFRecord, all in little-endian order: length (8 bytes), its
   * checksum (4), data, their checksum (4).
   */
  private static byte[] record(byte[] data) {
    byte[] length = littleEndian(Long.BYTES).putLong(data.length).array();
    return littleEndian(length.length + Integer.BYTES + data.length + Integer.BYTES)
        .put(length)
        .putInt(maskedCrc(length))
        .put(data)
        .putInt(maskedCrc(data))
        .array();
  }

  /**
   * The CRC-32C, masked as in TensorFlow because the CRC of data that contain their own CRC is
   * hardly a check.
   */
  static int maskedCrc(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * A Markdown table of names and values, for {@link #text}.
   *
   * @param rows in the order of the table
   */
  public static String table(String nameHeading, String valueHeading, Map<String, String> rows) {
    StringBuilder table =
        new StringBuilder(row(nameHeading, valueHeading)).append(row("---", "---"));
    rows.forEach((name, value) -> table.append(row(escaped(name), escaped(value))));
    return table.toString();
  }

  private static String row(String name, String value) {
    return "| %s | %s |\n".formatted(name, value);
  }

  /** So that bars don't end the column and underscores don't emphasise. */
  private static String escaped(String text) {
    return text.replaceAll("[\\\\`*_|]", "\\\\$0").replaceAll("\\R", " ");
  }
}
