package org.bilateralbrain.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** Parquet files as public hubs have them. */
public final class ParquetFixture {

  static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          """
          message schema {
            optional group img { optional binary bytes; optional binary path (STRING); }
            optional int64 fine_label;
            optional int64 coarse_label;
          }
          """);

  /** A row. */
  public interface Row {
    Group values(int number);
  }

  private ParquetFixture() {}

  /** A file of 32x32 images in four fine and two coarse classes. */
  static void write(Path file, int rows) throws IOException {
    write(file, TestImages.of(rows, 4, 2, 1));
  }

  /** A row for each image, as a PNG file. */
  public static void write(Path file, Images images) throws IOException {
    write(
        file,
        SCHEMA,
        Map.of(),
        images.count(),
        row -> row(TestImages.png(images, row), images.fineLabel(row), images.coarseLabel(row)));
  }

  /** Values of {@link #SCHEMA}. */
  static Group row(byte[] png, int fine, int coarse) {
    SimpleGroup values = new SimpleGroup(SCHEMA);
    values.addGroup("img").add("bytes", Binary.fromConstantByteArray(png));
    values.add("fine_label", (long) fine);
    values.add("coarse_label", (long) coarse);
    return values;
  }

  static void write(Path file, MessageType schema, Map<String, String> metadata, int rows, Row row)
      throws IOException {
    Files.createDirectories(file.getParent());
    try (ParquetWriter<Group> parquet =
        ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toUri()))
            .withType(schema)
            .withExtraMetaData(metadata)
            .withCompressionCodec(CompressionCodecName.GZIP)
            .build()) {
      for (int number = 0; number < rows; number++) {
        parquet.write(row.values(number));
      }
    }
  }
}
