package org.bilateralbrain.analysis;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.store.Csv;

/**
 * A network's predictions, one row per test image, as CSV and as Parquet. The columns of a head
 * that the network doesn't have are empty.
 *
 * @param network the id of its job, which tells networks apart when files are concatenated
 * @param positions of the images in the data set's test part
 */
record Predictions(String network, int[] positions, TestPass pass) {

  static final String CSV = "predictions.csv";

  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          """
          message predictions {
            required binary network (STRING);
            required int32 image;
            required int32 fine;
            required int32 coarse;
            optional int32 fine_predicted;
            optional float fine_probability;
            optional int32 coarse_predicted;
            optional float coarse_probability;
          }
          """);

  void writeCsv(OutputStream out) throws IOException {
    Writer csv = new OutputStreamWriter(out, StandardCharsets.UTF_8);
    csv.write(
        "network,image,fine,coarse,fine_predicted,fine_probability,coarse_predicted,coarse_probability\n");
    for (int i = 0; i < positions.length; i++) {
      csv.write(
          Csv.line(
              network,
              positions[i],
              pass.fine()[i],
              pass.coarse()[i],
              answer(Head.FINE, i),
              answer(Head.COARSE, i)));
    }
    csv.flush();
  }

  private List<?> answer(Head head, int i) {
    TestPass.Answers answers = pass.answers().get(head);
    return answers == null
        ? List.of("", "")
        : List.of(answers.classes()[i], answers.probabilities()[i]);
  }

  void writeParquet(OutputStream out) throws IOException {
    try (ParquetWriter<Group> parquet =
        ExampleParquetWriter.builder(new ParquetStream(out))
            .withType(SCHEMA)
            .withCompressionCodec(CompressionCodecName.GZIP)
            .build()) {
      for (int i = 0; i < positions.length; i++) {
        parquet.write(row(i));
      }
    }
  }

  private Group row(int i) {
    Group row = new SimpleGroup(SCHEMA);
    row.add("network", network);
    row.add("image", positions[i]);
    row.add("fine", pass.fine()[i]);
    row.add("coarse", pass.coarse()[i]);
    for (Head head : Head.values()) {
      Optional.ofNullable(pass.answers().get(head))
          .ifPresent(
              answers -> {
                row.add(head.label() + "_predicted", answers.classes()[i]);
                row.add(head.label() + "_probability", answers.probabilities()[i]);
              });
    }
    return row;
  }

  /** Makes Parquet write to a stream that the caller opens and closes. */
  private record ParquetStream(OutputStream out) implements OutputFile {

    @Override
    public PositionOutputStream create(long blockSizeHint) {
      return new Counting(out);
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSizeHint) {
      return create(blockSizeHint);
    }

    @Override
    public boolean supportsBlockSize() {
      return false;
    }

    @Override
    public long defaultBlockSize() {
      return 0;
    }

    private static final class Counting extends PositionOutputStream {
      private final OutputStream out;
      private long position;

      Counting(OutputStream out) {
        this.out = out;
      }

      @Override
      public long getPos() {
        return position;
      }

      @Override
      public void write(int b) throws IOException {
        out.write(b);
        position++;
      }

      @Override
      public void write(byte[] bytes, int from, int count) throws IOException {
        out.write(bytes, from, count);
        position += count;
      }

      @Override
      public void flush() throws IOException {
        out.flush();
      }
    }
  }
}
