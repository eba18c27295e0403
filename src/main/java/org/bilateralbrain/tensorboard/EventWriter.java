package org.bilateralbrain.tensorboard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Map;
import java.util.zip.CRC32C;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.CodedOutputStream;
import org.tensorflow.framework.DataType;
import org.tensorflow.framework.Summary;
import org.tensorflow.framework.SummaryMetadata;
import org.tensorflow.framework.SummaryMetadata.PluginData;
import org.tensorflow.framework.TensorProto;
import org.tensorflow.framework.TensorShapeProto;
import org.tensorflow.framework.TensorShapeProto.Dim;

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

  /**
   * ND4J lacks the class of TensorFlow's message Event (event.proto). These are its field numbers.
   */
  private static final int WALL_TIME = 1;

  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;

  /** Writes an event's fields except its time. */
  private interface Fields {
    void writeTo(CodedOutputStream event) throws IOException;
  }

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
    writer.write(time, event -> event.writeString(FILE_VERSION, VERSION));
    return writer;
  }

  /**
   * One point on each of several curves.
   *
   * @param values by tag; they become 32-bit floats
   */
  public void scalars(Instant time, long step, Map<String, Double> values) throws IOException {
    Summary.Builder summary = Summary.newBuilder();
    values.forEach(
        (tag, value) -> summary.addValueBuilder().setTag(tag).setSimpleValue(value.floatValue()));
    write(time, step, summary.build());
  }

  /** A text, which TensorBoard renders as Markdown. */
  public void text(Instant time, long step, String tag, String markdown) throws IOException {
    TensorProto tensor =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_STRING)
            .setTensorShape(TensorShapeProto.newBuilder().addDim(Dim.newBuilder().setSize(1)))
            .addStringVal(ByteString.copyFromUtf8(markdown))
            .build();
    PluginData plugin = PluginData.newBuilder().setPluginName("text").build();
    Summary.Builder summary = Summary.newBuilder();
    summary
        .addValueBuilder()
        .setTag(tag)
        .setMetadata(SummaryMetadata.newBuilder().setPluginData(plugin))
        .setTensor(tensor);
    write(time, step, summary.build());
  }

  private void write(Instant time, long step, Summary summary) throws IOException {
    write(
        time,
        event -> {
          event.writeInt64(STEP, step);
          event.writeMessage(SUMMARY, summary);
        });
  }

  private void write(Instant time, Fields fields) throws IOException {
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    CodedOutputStream coded = CodedOutputStream.newInstance(event);
    coded.writeDouble(WALL_TIME, time.getEpochSecond() + time.getNano() / 1e9);
    fields.writeTo(coded);
    coded.flush();
    out.write(record(event.toByteArray()));
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
