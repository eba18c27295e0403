package org.bilateralbrain.tensorboard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Map;
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
 * Writes the events of one run to a stream, which stays open. They should come in the order of
 * their steps.
 */
public final class EventWriter {

  private static final String VERSION = "brain.Event:2";

  /**
   * ND4J lacks the class of TensorFlow's message Event (event.proto); these are the numbers of its
   * fields.
   */
  private static final int WALL_TIME = 1;

  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;

  /** Writes an event's fields but its time. */
  private interface Fields {
    void writeTo(CodedOutputStream event) throws IOException;
  }

  private final OutputStream out;

  private EventWriter(OutputStream out) {
    this.out = out;
  }

  /** Writes what every event file begins with. */
  public static EventWriter begin(OutputStream out, Instant time) throws IOException {
    EventWriter writer = new EventWriter(out);
    writer.write(time, event -> event.writeString(FILE_VERSION, VERSION));
    return writer;
  }

  /**
   * One point of each of some curves.
   *
   * @param values by tag; they become 32-bit floats
   */
  public void scalars(Instant time, long step, Map<String, Double> values) throws IOException {
    Summary.Builder summary = Summary.newBuilder();
    values.forEach(
        (tag, value) -> summary.addValueBuilder().setTag(tag).setSimpleValue(value.floatValue()));
    write(time, step, summary.build());
  }

  /** A text, which TensorBoard shows as Markdown. */
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
    out.write(Records.frame(event.toByteArray()));
  }
}
