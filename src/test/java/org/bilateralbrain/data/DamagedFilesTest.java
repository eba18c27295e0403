package org.bilateralbrain.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.faults.Mutations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thousands of damaged data sets and PyTorch files: each is read, or refused with a message. */
class DamagedFilesTest {

  private static final int COPIES = 2_000;
  private static final List<Class<?>> REFUSALS = List.of(DataException.class);

  /** What a decompressor's dictionary may take. */
  private static final int MEGABYTES_OF_ARCHIVES = 300;

  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(strings = {"", "gz", "bzip2", "xz", "zstd"})
  void tarArchives(String compression) throws Exception {
    Path archive = temp.resolve("archive");
    Archives.tar(archive, compression, "cifar-100-binary", files());

    assertEachIsReadOrRefused(archive, compression.equals("bzip2") ? COPIES / 10 : COPIES);
  }

  @Test
  void zipArchives() throws IOException {
    assertEachIsReadOrRefused(Archives.zip(temp.resolve("archive"), "data/", files()), COPIES);
  }

  private static Map<String, byte[]> files() {
    return Archives.binary(TestImages.of(4, 2, 1, 1), TestImages.of(2, 2, 1, 2));
  }

  private void assertEachIsReadOrRefused(Path archive, int copies) throws IOException {
    Mutations.assertEachIsReadOrRefused(
        Files.readAllBytes(archive),
        copies,
        MEGABYTES_OF_ARCHIVES,
        content -> {
          Files.write(archive, content);
          DataSet.read(new org.apache.hadoop.fs.Path(archive.toUri()), new Configuration(false));
        },
        REFUSALS);
  }

  @Test
  void parquetFiles() throws IOException {
    Path file = temp.resolve("train.parquet");
    ParquetFixture.write(file, 40);
    Files.copy(file, temp.resolve("test.parquet"));
    org.apache.hadoop.fs.Path location = new org.apache.hadoop.fs.Path(temp.toUri());
    Mutations.assertEachIsReadOrRefused(
        Files.readAllBytes(file),
        COPIES,
        32,
        content -> {
          Files.deleteIfExists(file.resolveSibling(".train.parquet.crc"));
          Files.write(file, content);
          new DataSource.Parquet(
                  location.toString(), ParquetImages.Columns.USUAL, new ImageShape(8, 3))
              .load(new Configuration(false));
        },
        REFUSALS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "gif", "bmp", "tiff"})
  void images(String format) throws IOException {
    BufferedImage image = new BufferedImage(16, 12, BufferedImage.TYPE_INT_RGB);
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 192; i++) {
      image.setRGB(i % 16, i / 16, random.nextInt());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, out)).isTrue();
    Mutations.assertEachIsReadOrRefused(
        out.toByteArray(),
        COPIES,
        500,
        content -> ImageDecoder.decode(content).fitted(new ImageShape(8, 3)),
        List.of(IOException.class));
  }

  @ParameterizedTest
  @ValueSource(strings = {"protocol-2", "protocol-5", "labels-in-arrays", "labels-of-numpy"})
  void picklesOfImages(String how) throws IOException {
    Mutations.assertEachIsReadOrRefused(
        resource("/python/pickles/" + how + "/test"),
        COPIES,
        16,
        content -> PythonFormat.decodeImages("test", content),
        REFUSALS);
  }

  @Test
  void picklesOfNames() throws IOException {
    Mutations.assertEachIsReadOrRefused(
        resource("/python/pickles/protocol-4/meta"),
        COPIES,
        16,
        content -> PythonFormat.decodeNames("meta", content),
        REFUSALS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lightning.ckpt", "optimizer.ckpt", "numpy-arrays.pt", "bfloat16.pt"})
  void pyTorchFiles(String file) throws IOException {
    Mutations.assertEachIsReadOrRefused(
        resource("/python/checkpoints/" + file), COPIES, 16, DamagedFilesTest::readAll, REFUSALS);
  }

  @Test
  void pyTorchFilesOfManyTensors() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TorchFileWriter file = new TorchFileWriter(out);
    for (int i = 0; i < 20; i++) {
      file.addZero("norm%s.num_batches_tracked".formatted(i));
    }
    file.finish();
    Mutations.assertEachIsReadOrRefused(
        out.toByteArray(), COPIES, 16, DamagedFilesTest::readAll, REFUSALS);
  }

  private static void readAll(byte[] content) {
    TorchFile.read("x.pt", content)
        .values()
        .forEach(
            tensor -> {
              tensor.shape();
              tensor.values();
            });
  }

  @Test
  void descriptionsOfPreparedDataSets() throws IOException {
    Path folder = Files.createDirectories(temp.resolve("prepared"));
    org.apache.hadoop.fs.Path location = new org.apache.hadoop.fs.Path(folder.toUri());
    DataSet dataSet =
        DataSet.of(
            TestImages.of(4, 2, 1, 1),
            TestImages.of(2, 2, 1, 2),
            Hierarchy.of(
                TestImages.of(4, 2, 1, 1), TestImages.of(2, 2, 1, 2), List.of(), List.of()));
    PreparedDataSet.write(dataSet, location, new Configuration(false));
    Path description = folder.resolve("dataset.json");
    Mutations.assertEachIsReadOrRefused(
        Files.readAllBytes(description),
        COPIES,
        16,
        content -> {
          Files.write(description, content);
          DataSet.read(location, new Configuration(false));
        },
        REFUSALS);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = DamagedFilesTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }
}
