package org.bilateralbrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageFolderTest {

  private static final ImageShape COLOUR = new ImageShape(8, 3);
  private static final ImageShape GREY = new ImageShape(8, 1);

  @TempDir Path root;

  @Test
  void fineClassesMayBeFoldersInThoseOfTheirCoarseClasses() throws IOException {
    for (String part : List.of("train", "test")) {
      write(part + "/animal/cat/1.png", 10);
      write(part + "/animal/dog/1.png", 20);
      write(part + "/tree/oak/1.png", 30);
    }

    assertIsReadInTheOrderOfNames(load(COLOUR));
  }

  @Test
  void fineAndCoarseClassesMayBeFoldersBesideEachOther() throws IOException {
    for (String part : List.of("train", "test")) {
      write(part + "/fine/cat/a.png", 10);
      write(part + "/fine/dog/b.png", 20);
      write(part + "/fine/oak/c.png", 30);
      write(part + "/coarse/animal/a.png", 10);
      write(part + "/coarse/animal/b.png", 20);
      write(part + "/coarse/tree/c.png", 30);
    }
    assertIsReadInTheOrderOfNames(load(COLOUR));

    Files.delete(root.resolve("test/coarse/animal/b.png"));
    assertThatThrownBy(() -> load(COLOUR))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("test/fine/dog/b.png has no counterpart of its name in");
  }

  @Test
  void aFileMayListTheCoarseClassOfEachFineOne() throws IOException {
    for (String part : List.of("train", "test")) {
      write(part + "/cat/1.png", 10);
      write(part + "/dog/1.png", 20);
      write(part + "/oak/1.png", 30);
    }
    Files.writeString(
        root.resolve("hierarchy.csv"),
        "fine,coarse\r\ncat,animal\r\n\"dog\",animal\r\noak,tree\r\n");
    assertIsReadInTheOrderOfNames(load(COLOUR));

    Files.writeString(root.resolve("hierarchy.csv"), "cat,animal\ndog,animal\n");
    assertThatThrownBy(() -> load(COLOUR))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("hierarchy.csv has no line for the folder");
  }

  private static void assertIsReadInTheOrderOfNames(DataSet read) {
    assertThat(read.hierarchy())
        .isEqualTo(
            new Hierarchy(
                List.of("cat", "dog", "oak"), List.of("animal", "tree"), List.of(0, 0, 1)));
    assertThat(read.train().fine()).containsExactly(0, 1, 2);
    assertThat(read.test().pixels(1, 1)).containsOnly(20);
    assertThat(read.validation()).isZero();
  }

  @Test
  void classesThatAreNumbersKeepTheirOrder() throws IOException {
    for (int number = 0; number < 12; number++) {
      write("train/" + number % 2 + "/" + number + "/1.png", number);
      write("test/" + number % 2 + "/" + number + "/1.png", number);
    }

    assertThat(load(GREY).hierarchy().fineNames()).startsWith("0", "1", "2").endsWith("10", "11");
  }

  @Test
  void aValidationFolderTakesThePlaceOfImagesThatAreHeldOut() throws IOException {
    for (String part : List.of("train", "val", "test")) {
      write(part + "/a/x/1.png", 10);
      write(part + "/b/y/1.png", part.equals("val") ? 40 : 20);
    }

    DataSet read = load(GREY);
    Partition partition =
        Partition.of(
            read, new Partition.Rule(0, 0.5, Partition.Rule.NO_LIMIT, Partition.Rule.NO_LIMIT));

    assertThat(read.validation()).isEqualTo(2);
    assertThat(partition.train().positions()).containsExactly(0, 1);
    assertThat(partition.validation().positions()).containsExactly(2, 3);
    assertThat(read.train().pixels(3, 1)).containsOnly(40);
  }

  @ParameterizedTest
  @CsvSource({
    "TYPE_BYTE_GRAY, png, 8", "TYPE_3BYTE_BGR, png, 8", "TYPE_4BYTE_ABGR, png, 16",
    "TYPE_INT_RGB, png, 24", "TYPE_BYTE_GRAY, png, 80", "TYPE_BYTE_INDEXED, gif, 8",
    "TYPE_INT_RGB, jpg, 33", "TYPE_INT_RGB, bmp, 7"
  })
  void imagesOfAnyFormatAndSizeAreBroughtIntoTheShape(String type, String format, int size)
      throws Exception {
    BufferedImage image =
        new BufferedImage(size * 2, size, BufferedImage.class.getField(type).getInt(null));
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(new Color(128, 128, 128));
    graphics.fillRect(0, 0, size * 2, size);
    graphics.dispose();
    Path file = root.resolve("image." + format);
    assertThat(ImageIO.write(image, format, file.toFile())).isTrue();

    for (ImageShape shape : List.of(GREY, COLOUR)) {
      byte[] pixels = ImageDecoder.decode(Files.readAllBytes(file)).fitted(shape);
      assertThat(pixels).hasSize(shape.bytes());
      for (byte pixel : pixels) {
        // Palettes and grey images of Java's graphics don't hit the colour exactly.
        assertThat(Byte.toUnsignedInt(pixel)).isBetween(115, 141);
      }
    }
  }

  @Test
  void anImageOfTheWantedSizeKeepsItsPixels() throws IOException {
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 64; i++) {
      image.setRGB(i % 8, i / 8, i << 16 | (i + 64) << 8 | i + 128);
    }
    Path file = root.resolve("image.png");
    ImageIO.write(image, "png", file.toFile());

    byte[] pixels = ImageDecoder.decode(Files.readAllBytes(file)).fitted(COLOUR);

    for (int i = 0; i < pixels.length; i++) {
      assertThat(pixels[i]).isEqualTo((byte) i);
    }
  }

  @Test
  void aSmallerImageIsTheMeanOfTheAreasThatItsPixelsCover() throws IOException {
    BufferedImage image = new BufferedImage(12, 12, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 144; i++) {
      image.getRaster().setSample(i % 12, i / 12, 0, i % 12 * 20);
    }
    Path file = root.resolve("image.png");
    ImageIO.write(image, "png", file.toFile());

    byte[] pixels = ImageDecoder.decode(Files.readAllBytes(file)).fitted(GREY);

    // Each pixel covers one and a half: 0 and half of 20, the other half of 20 and 40, …
    assertThat(Byte.toUnsignedInt(pixels[0])).isEqualTo(7);
    assertThat(Byte.toUnsignedInt(pixels[1])).isEqualTo(33);
    assertThat(Byte.toUnsignedInt(pixels[7])).isEqualTo(213);
  }

  @Test
  void brokenImagesAreNamedTogether() throws IOException {
    for (String part : List.of("train", "test")) {
      write(part + "/a/x/1.png", 10);
      write(part + "/b/y/1.png", 20);
    }
    byte[] good = Files.readAllBytes(root.resolve("train/a/x/1.png"));
    Files.write(root.resolve("train/a/x/2.png"), java.util.Arrays.copyOf(good, good.length / 2));
    Files.writeString(root.resolve("test/b/y/2.jpg"), "no image");
    Files.writeString(root.resolve("test/b/y/._1.png"), "of macOS");
    Files.writeString(root.resolve("test/b/y/notes.txt"), "none");

    assertThatThrownBy(() -> load(GREY))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("2 of 6 images can't be read; remove or replace them")
        .hasMessageContaining("train/a/x/2.png")
        .hasMessageContaining("test/b/y/2.jpg: it is not an image of a known format");
  }

  @Test
  void aClassWithoutImagesIsNamed() throws IOException {
    for (String part : List.of("train", "test")) {
      write(part + "/a/x/1.png", 10);
    }
    Files.createDirectories(root.resolve("train/a/empty"));

    assertThatThrownBy(() -> load(GREY))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("train/a/empty has no images; remove it");
  }

  @Test
  void aFolderInAnotherLayoutIsRefusedWithTheKnownOnes() throws IOException {
    write("train/cat.png", 1);

    assertThatThrownBy(() -> load(GREY))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("has no images in train/COARSE/FINE, in train/fine/FINE and");
  }

  @Test
  void aPreparedFolderOfGreyImagesWithAValidationPartIsReadBack() throws IOException {
    for (String part : List.of("train", "validation", "test")) {
      write(part + "/a/x/1.png", 10);
      write(part + "/b/y/1.png", 20);
    }
    DataSet read = load(GREY);
    Path prepared = root.resolve("prepared");
    org.apache.hadoop.fs.Path target = new org.apache.hadoop.fs.Path(prepared.toUri());
    PreparedDataSet.write(read, target, new Configuration());

    assertThat(DataSet.read(target, new Configuration())).isEqualTo(read);
  }

  private DataSet load(ImageShape shape) {
    return new DataSource.Folder(root.toString(), shape).load(new Configuration());
  }

  /** A grey image of one shade. */
  private void write(String name, int shade) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(16, 8, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 128; i++) {
      image.getRaster().setSample(i % 16, i / 16, 0, shade);
    }
    ImageIO.write(image, "png", file.toFile());
  }
}
