package org.bilateralbrain.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of a folder of images, without Spark. */
class PreparationTest {

  private static final ImageShape SHAPE = new ImageShape(8, 1);

  private final Configuration hadoop = new Configuration();

  @TempDir Path root;

  @Test
  void whatCutOffAttemptsLeftIsGoneOnceTheDataSetIsThere() throws IOException {
    for (String part : List.of("train", "test")) {
      write("images/" + part + "/animal/cat/1.png", 10);
      write("images/" + part + "/tree/oak/1.png", 20);
    }
    DataSource source = new DataSource.Folder(root.resolve("images").toString(), SHAPE);
    Path target = root.resolve("prepared");
    Files.createDirectory(target);
    Files.writeString(target.resolve(".train-00000.bin.1b4e28ba.draft"), "half of");
    Files.writeString(target.resolve("notes.draft"), "not ours");

    Preparation preparation =
        Preparation.of(source, Locations.path(target.toString()), hadoop).orElseThrow();
    List<PreparedPart.Written> written = new ArrayList<>();
    for (PreparedPart part : preparation.parts()) {
      written.add(part.write(hadoop));
    }
    preparation.finish(written, hadoop);

    try (Stream<Path> files = Files.list(target)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .filteredOn(name -> !name.endsWith(".crc"))
          .containsExactlyInAnyOrder(
              "train-00000.bin", "test-00000.bin", "dataset.json", "notes.draft");
    }
    assertThat(DataSet.read(Locations.path(target.toString()), hadoop).digest())
        .isEqualTo(source.load(hadoop).digest());
  }

  private void write(String name, int shade) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
    int[] pixels = new int[64];
    Arrays.fill(pixels, shade);
    image.getRaster().setSamples(0, 0, 8, 8, 0, pixels);
    ImageIO.write(image, "png", file.toFile());
  }
}
