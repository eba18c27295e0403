package org.bilateralbrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparedDataSetTest {

  private static final Configuration HADOOP = new Configuration();

  @TempDir Path temp;
  private Path folder;
  private DataSet dataSet;

  @BeforeEach
  void prepare() {
    folder = temp.resolve("prepared");
    Images train = TestImages.of(40, 10, 5, 1);
    Images test = TestImages.of(20, 10, 5, 2);
    dataSet = DataSet.of(train, test, Hierarchy.of(train, test, List.of(), List.of()));
    PreparedDataSet.write(dataSet, hadoop(folder), HADOOP);
  }

  @Test
  void isReadBackUnchanged() {
    DataSet read = DataSet.read(hadoop(folder), HADOOP);

    assertThat(read).isEqualTo(dataSet);
  }

  @Test
  void isDescribedByCountsClassesStatisticsAndChecksums() throws IOException {
    JsonNode json = new ObjectMapper().readTree(folder.resolve("dataset.json").toFile());

    assertThat(json.get("train_records").asInt()).isEqualTo(40);
    assertThat(json.get("test_records").asInt()).isEqualTo(20);
    assertThat(json.get("fine_names")).hasSize(10);
    assertThat(json.get("coarse_of_fine").get(5).asInt()).isEqualTo(1);
    assertThat(json.get("mean").get(0).asDouble()).isCloseTo(0.5, within(0.01));
    assertThat(json.get("std").get(2).asDouble()).isCloseTo(1 / Math.sqrt(12), within(0.01));
    assertThat(json.get("files").get("train.bin").get("sha256").asText())
        .isEqualTo(DigestUtils.sha256Hex(Files.readAllBytes(folder.resolve("train.bin"))));
  }

  @Test
  void aChangedByteIsDetected() throws IOException {
    byte[] bytes = Files.readAllBytes(folder.resolve("train.bin"));
    bytes[5000] ^= 1;
    Files.write(folder.resolve("train.bin"), bytes);

    assertThatThrownBy(() -> DataSet.read(hadoop(folder), HADOOP))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("train.bin")
        .hasMessageContaining("changed or truncated");
  }

  @Test
  void aFileTruncatedBetweenRecordsIsDetected() throws IOException {
    byte[] bytes = Files.readAllBytes(folder.resolve("test.bin"));
    Files.write(
        folder.resolve("test.bin"), Arrays.copyOf(bytes, 19 * RecordFormat.CIFAR.recordBytes()));

    assertThatThrownBy(() -> DataSet.read(hadoop(folder), HADOOP))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("test.bin has 58406 bytes");
  }

  @Test
  void preparingTheSameDataSetAgainChangesNothing() throws IOException {
    byte[] before = Files.readAllBytes(folder.resolve("dataset.json"));

    PreparedDataSet.write(dataSet, hadoop(folder), HADOOP);

    assertThat(Files.readAllBytes(folder.resolve("dataset.json"))).isEqualTo(before);
  }

  @Test
  void preparingAgainRepairsADamagedFile() throws IOException {
    Files.write(folder.resolve("train.bin"), new byte[10]);

    PreparedDataSet.write(dataSet, hadoop(folder), HADOOP);

    assertThat(DataSet.read(hadoop(folder), HADOOP)).isEqualTo(dataSet);
  }

  @Test
  void anUnpackedPublicArchiveIsNotOverwritten() throws IOException {
    Path other =
        Archives.folder(temp.resolve("unpacked"), Archives.binary(dataSet.train(), dataSet.test()));

    assertThatThrownBy(() -> PreparedDataSet.write(dataSet, hadoop(other), HADOOP))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("already contains a file")
        .hasMessageContaining("that this program did not write");
  }

  @Test
  void anotherDataSetIsNotOverwritten() {
    Images other = TestImages.of(40, 10, 5, 3);
    DataSet another = DataSet.of(other, other, Hierarchy.of(other, other, List.of(), List.of()));

    assertThatThrownBy(() -> PreparedDataSet.write(another, hadoop(folder), HADOOP))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("already contains another data set");
  }

  private static org.apache.hadoop.fs.Path hadoop(Path path) {
    return new org.apache.hadoop.fs.Path(path.toUri());
  }
}
