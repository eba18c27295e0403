package org.bilateralbrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetImagesTest {

  private static final ImageShape SHAPE = new ImageShape(8, 1);

  private static final MessageType WITH_NAMES =
      MessageTypeParser.parseMessageType(
          """
          message schema {
            required binary picture;
            required binary species (STRING);
            required binary family (STRING);
          }
          """);

  private static final String METADATA =
      """
      {"info": {"features": {
        "img": {"_type": "Image"},
        "fine_label": {"names": ["oak", "elm", "cat"], "_type": "ClassLabel"},
        "coarse_label": {"names": ["tree", "animal"], "_type": "ClassLabel"}}}}
      """;

  @TempDir Path folder;

  @Test
  void aDataSetOfAHubIsReadWithTheNamesInItsMetadata() throws IOException {
    for (String part : List.of("train-00000-of-00002", "train-00001-of-00002", "test-00000-of-1")) {
      write(
          "data/" + part + ".parquet",
          ParquetFixture.SCHEMA,
          Map.of("huggingface", METADATA),
          this::ofHub);
    }

    DataSet read = load(ParquetImages.Columns.USUAL);

    assertThat(read.hierarchy())
        .isEqualTo(
            new Hierarchy(
                List.of("oak", "elm", "cat"), List.of("tree", "animal"), List.of(0, 0, 1)));
    assertThat(read.train().fine()).containsExactly(0, 1, 2, 0, 1, 2);
    assertThat(read.test().coarse()).containsExactly(0, 0, 1);
    assertThat(read.test().pixels(2, 1)).containsOnly(20);
  }

  private Group ofHub(int row) {
    Group values = new SimpleGroup(ParquetFixture.SCHEMA);
    values.addGroup("img").add("bytes", png(10 * row));
    values.add("fine_label", (long) row);
    values.add("coarse_label", row / 2L);
    return values;
  }

  @Test
  void columnsMayHaveOtherNamesAndLabelsMayBeTexts() throws IOException {
    write("train/a.parquet", WITH_NAMES, Map.of(), ParquetImagesTest::withNames);
    write("val/a.parquet", WITH_NAMES, Map.of(), ParquetImagesTest::withNames);
    write("test/a.parquet", WITH_NAMES, Map.of(), ParquetImagesTest::withNames);

    DataSet read = load(new ParquetImages.Columns("picture", "species", "family"));

    assertThat(read.hierarchy().fineNames()).containsExactly("cat", "elm", "oak");
    assertThat(read.hierarchy().coarseNames()).containsExactly("animal", "tree");
    assertThat(read.train().fine()).containsExactly(2, 1, 0, 2, 1, 0);
    assertThat(read.validation()).isEqualTo(3);
    assertThatThrownBy(() -> load(ParquetImages.Columns.USUAL))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "has no column img or image; it has: picture, species, family; set data.columns.image");
  }

  private static Group withNames(int row) {
    Group values = new SimpleGroup(WITH_NAMES);
    values.add("picture", png(10 * row));
    values.add("species", List.of("oak", "elm", "cat").get(row));
    values.add("family", List.of("tree", "tree", "animal").get(row));
    return values;
  }

  @Test
  void rowsWithoutAnImageOrWithABrokenOneAreNamed() throws IOException {
    write("train.parquet", ParquetFixture.SCHEMA, Map.of(), this::ofHub);
    write(
        "test.parquet",
        ParquetFixture.SCHEMA,
        Map.of(),
        row -> {
          Group values = row == 1 ? new SimpleGroup(ParquetFixture.SCHEMA) : ofHub(row);
          if (row == 1) {
            values.add("fine_label", 1L);
            values.add("coarse_label", 0L);
          }
          return values;
        });

    assertThatThrownBy(() -> load(ParquetImages.Columns.USUAL))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("1 of 6 images can't be read")
        .hasMessageContaining("test.parquet: row 1: it has no image");
  }

  @Test
  void aFileThatIsNotParquetIsRefused() throws IOException {
    Files.writeString(folder.resolve("train.parquet"), "PAR1 no, it isn't");
    Files.writeString(folder.resolve("test.parquet"), "PAR1 no, it isn't");

    assertThatThrownBy(() -> load(ParquetImages.Columns.USUAL))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("can't be read");
  }

  private DataSet load(ParquetImages.Columns columns) {
    return new DataSource.Parquet(folder.toString(), columns, SHAPE).load(new Configuration());
  }

  private void write(
      String name, MessageType schema, Map<String, String> metadata, ParquetFixture.Row row)
      throws IOException {
    ParquetFixture.write(folder.resolve(name), schema, metadata, 3, row);
  }

  private static Binary png(int shade) {
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 64; i++) {
      image.getRaster().setSample(i % 8, i / 8, 0, shade);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return Binary.fromConstantByteArray(out.toByteArray());
  }
}
