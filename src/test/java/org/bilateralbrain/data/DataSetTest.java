package org.bilateralbrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataSetTest {

  private static final Images TRAIN = TestImages.of(60, 30, 5, 1);
  private static final Images TEST = TestImages.of(30, 30, 5, 2);

  @TempDir Path temp;

  @Test
  void everyPackingOfTheSameRecordsGivesTheSameDataSet() throws IOException {
    Map<String, byte[]> binary = Archives.binary(TRAIN, TEST);
    Map<String, byte[]> python = python();

    List<DataSet> read =
        List.of(
            read(Archives.folder(temp.resolve("b"), binary)),
            read(Archives.tarGz(temp.resolve("b.tar.gz"), "cifar-100-binary", binary)),
            read(Archives.folder(temp.resolve("p"), python)),
            read(Archives.tarGz(temp.resolve("p.tar.gz"), "cifar-100-python", python)));

    assertThat(read)
        .allSatisfy(
            dataSet -> {
              assertThat(dataSet.train()).isEqualTo(TRAIN);
              assertThat(dataSet.test()).isEqualTo(TEST);
              assertThat(dataSet.digest()).isEqualTo(read.get(0).digest());
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "protocol-2",
        "protocol-3",
        "protocol-4",
        "protocol-5",
        "bytes-for-text",
        "labels-in-arrays",
        "labels-of-numpy",
        "columns-first"
      })
  void picklesOfPython3AreReadInEachOfItsProtocols(String how) throws URISyntaxException {
    Path folder = Path.of(DataSetTest.class.getResource("/python/pickles/" + how).toURI());

    DataSet read = read(folder);

    assertThat(read.hierarchy().fineNames()).containsExactly("oak", "größe");
    assertThat(read.hierarchy().coarseOfFine()).containsExactly(0, 1);
    assertThat(read.train().fine()).containsExactly(0, 1, 0, 1);
    assertThat(read.test().count()).isEqualTo(2);
    assertThat(read.train().pixels(0, 4)[1023]).isZero();
    assertThat(read.train().pixels(0, 4)[1024]).isEqualTo((byte) 20);
    assertThat(read.train().pixels(0, 4)[4 * 3072 - 1]).isEqualTo((byte) 220);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "gz", "bzip2", "xz", "zstd"})
  void tarArchivesAreReadHoweverTheyAreCompressed(String compression)
      throws IOException, CompressorException {
    Path archive = temp.resolve("archive");
    Archives.tar(archive, compression, "cifar-100-binary", Archives.binary(TRAIN, TEST));

    assertThat(read(archive).train()).isEqualTo(TRAIN);
  }

  @Test
  void zipArchivesAreRead() throws IOException {
    Path archive = Archives.zip(temp.resolve("a.zip"), "data/", Archives.binary(TRAIN, TEST));

    assertThat(read(archive).test()).isEqualTo(TEST);
  }

  @Test
  void theFolderAboveADataSetIsTakenForItUnlessThereAreSeveral() throws IOException {
    Archives.folder(temp.resolve("cifar-100-binary"), Archives.binary(TRAIN, TEST));
    Files.createDirectories(temp.resolve("figures"));

    assertThat(read(temp).train()).isEqualTo(TRAIN);

    Archives.folder(temp.resolve("other"), Archives.binary(TRAIN, TEST));
    assertThatThrownBy(() -> read(temp))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "several of its folders hold a data set; give one of them: cifar-100-binary, other");
  }

  @Test
  void filesBesideTheDataAreNotOpened() throws IOException, InterruptedException {
    Path folder = Archives.folder(temp, Archives.binary(TRAIN, TEST));
    Process mkfifo = new ProcessBuilder("mkfifo", folder.resolve("pipe").toString()).start();
    assertThat(mkfifo.waitFor()).isZero();
    Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("nowhere"));
    Files.write(folder.resolve(".train.bin.crc"), new byte[] {'c', 'r', 'c', 0, 0, 0, 2, 0, 9});
    Files.write(folder.resolve("._train.bin"), new byte[4]);

    assertThat(read(folder).train()).isEqualTo(TRAIN);
  }

  @Test
  void aPipeInThePlaceOfAFileIsAnError() throws IOException, InterruptedException {
    Path folder = Archives.folder(temp, Archives.binary(TRAIN, TEST));
    Files.delete(folder.resolve("test.bin"));
    Process mkfifo = new ProcessBuilder("mkfifo", folder.resolve("test.bin").toString()).start();
    assertThat(mkfifo.waitFor()).isZero();

    assertThatThrownBy(() -> read(folder))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("test.bin is not a regular file");
  }

  @Test
  void anArchiveThatExpandsWithoutEndIsGivenUp() throws IOException, CompressorException {
    Path archive = temp.resolve("bomb.tar.zst");
    Archives.zeros(archive, "zeros", 3L << 30);

    assertThatThrownBy(() -> read(archive))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("it is larger than 2048 MiB, decompressed");
  }

  @Test
  void theHierarchyOfThirtyFineAndSixCoarseClassesIsDerivedFromTheLabels() throws IOException {
    Hierarchy hierarchy = read(Archives.folder(temp, Archives.binary(TRAIN, TEST))).hierarchy();

    assertThat(hierarchy.fineClasses()).isEqualTo(30);
    assertThat(hierarchy.coarseClasses()).isEqualTo(6);
    assertThat(hierarchy.coarseOfFine().subList(4, 6)).containsExactly(0, 1);
    assertThat(hierarchy.fineNames().get(29)).isEqualTo("fine-29");
  }

  @Test
  void labelNamesAreReadFromTheFilesNextToTheImages() throws IOException {
    Map<String, byte[]> files = new HashMap<>(Archives.binary(TRAIN, TEST));
    files.put(
        "fine_label_names.txt", String.join("\n", names("f", 30)).getBytes(StandardCharsets.UTF_8));
    files.put(
        "coarse_label_names.txt",
        (String.join("\n", names("c", 6)) + "\n\n").getBytes(StandardCharsets.UTF_8));

    Hierarchy hierarchy = read(Archives.folder(temp, files)).hierarchy();

    assertThat(hierarchy.fineNames()).hasSize(30).startsWith("f0");
    assertThat(hierarchy.coarseNames()).hasSize(6).endsWith("c5");
  }

  @Test
  void aLabelWithoutANameIsAnError() throws IOException {
    Map<String, byte[]> files = new HashMap<>(Archives.binary(TRAIN, TEST));
    files.put(
        "fine_label_names.txt", String.join("\n", names("f", 29)).getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> read(Archives.folder(temp, files)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "Record 29 of train has the fine label 29, but there are only 29 fine classes");
  }

  @Test
  void aFineClassWithTwoCoarseClassesIsAnError() throws IOException {
    Images confused = TestImages.of(30, 30, 5, 2);
    confused.coarse()[7] = 4;

    assertThatThrownBy(() -> read(Archives.folder(temp, Archives.binary(TRAIN, confused))))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "Fine class 7 (fine-7) has two coarse classes, 1 (coarse-1) and 4 (coarse-4, first in test record 7)");
  }

  @Test
  void aFileTruncatedWithinARecordIsAnError() throws IOException {
    Map<String, byte[]> files = new HashMap<>(Archives.binary(TRAIN, TEST));
    files.put("test.bin", Arrays.copyOf(files.get("test.bin"), 10_000));

    assertThatThrownBy(() -> read(Archives.folder(temp, files)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "test.bin has 10000 bytes, which is not a multiple of the record size of 3074");
  }

  @Test
  void aTruncatedArchiveIsAnError() throws IOException {
    Path archive =
        Archives.tarGz(temp.resolve("a.tar.gz"), "cifar-100-binary", Archives.binary(TRAIN, TEST));
    byte[] whole = Files.readAllBytes(archive);
    for (int length : new int[] {whole.length - 9, whole.length / 2, 100}) {
      Files.write(archive, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> read(archive))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("a.tar.gz");
    }
  }

  @Test
  void aFileThatIsNotAnArchiveIsAnError() throws IOException {
    Path file = Files.writeString(temp.resolve("cat.jpg"), "not a tar archive ".repeat(100));

    assertThatThrownBy(() -> read(file))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("cat.jpg");
  }

  @Test
  void aMissingFileIsReportedByName() {
    assertThatThrownBy(() -> read(temp.resolve("nowhere.tar.gz")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("File or folder")
        .hasMessageContaining("nowhere.tar.gz not found");
  }

  @Test
  void aFolderWithoutADataSetIsReportedWithItsContents() throws IOException {
    Files.writeString(temp.resolve("readme.txt"), "hello");

    assertThatThrownBy(() -> read(temp))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("contains neither train.bin and test.bin")
        .hasMessageContaining("readme.txt");
  }

  private static Map<String, byte[]> python() {
    return Map.of(
        "train", PickleBytes.images(TRAIN),
        "test", PickleBytes.images(TEST),
        "meta", PickleBytes.names(names("f", 30), names("c", 6)));
  }

  private static List<String> names(String prefix, int count) {
    return java.util.stream.IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
  }

  private static DataSet read(Path location) {
    return DataSet.read(new org.apache.hadoop.fs.Path(location.toUri()), new Configuration());
  }
}
