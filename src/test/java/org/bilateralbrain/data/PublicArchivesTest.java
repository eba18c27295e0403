package org.bilateralbrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** CIFAR-100 itself, from the archive in the environment variable BILATERAL_CIFAR100. */
@EnabledIfEnvironmentVariable(
    named = "BILATERAL_CIFAR100",
    matches = ".+",
    disabledReason = "BILATERAL_CIFAR100 is not set")
class PublicArchivesTest {

  private final Path archive = Path.of(String.valueOf(System.getenv("BILATERAL_CIFAR100")));

  @Test
  void theBinaryVersionHasTheKnownCountsHierarchyAndStatistics() {
    DataSet cifar = read(archive);

    assertThat(cifar.train().count()).isEqualTo(50_000);
    assertThat(cifar.test().count()).isEqualTo(10_000);
    assertThat(cifar.hierarchy().fineNames())
        .hasSize(100)
        .startsWith("apple", "aquarium_fish")
        .endsWith("worm");
    assertThat(cifar.hierarchy().coarseNames()).hasSize(20).startsWith("aquatic_mammals");
    int apple = cifar.hierarchy().coarseOfFine().get(0);
    assertThat(cifar.hierarchy().coarseNames().get(apple)).isEqualTo("fruit_and_vegetables");
    ChannelStatistics statistics = ChannelStatistics.of(cifar.train());
    assertThat(statistics.mean().get(0)).isCloseTo(0.5071, within(1e-4));
    assertThat(statistics.std().get(2)).isCloseTo(0.2761, within(2e-4));
  }

  @Test
  void thePythonVersionHasTheSameImages() {
    Path sample = archive.resolveSibling("cifar-100-python-sample.tar.gz");
    assumeTrue(Files.exists(sample), "no sample of the python version next to the archive");
    DataSet python = read(sample);

    assertThat(python.train().count()).isEqualTo(2_000);
    assertThat(python.test().count()).isEqualTo(1_000);
    assertThat(python.hierarchy()).isEqualTo(read(archive).hierarchy());
  }

  private static DataSet read(Path path) {
    return DataSet.read(new org.apache.hadoop.fs.Path(path.toUri()), new Configuration());
  }
}
