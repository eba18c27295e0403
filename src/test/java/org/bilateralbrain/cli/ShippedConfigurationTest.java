package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.sweep.SweepSetup;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShippedConfigurationTest {

  private static final int IMAGE = 3074;

  private final Configuration hadoop = new Configuration();

  @TempDir private Path temp;

  private Path conf;
  private Path shipped;

  /** A sweep in two files, with a data set of ten fine and two coarse classes. */
  @BeforeEach
  void write() throws IOException {
    Path data = Files.createDirectories(temp.resolve("data"));
    byte[] images = new byte[200 * IMAGE];
    new SplittableRandom(1).nextBytes(images);
    for (int i = 0; i < 200; i++) {
      images[i * IMAGE] = (byte) (i % 10 / 5);
      images[i * IMAGE + 1] = (byte) (i % 10);
    }
    Files.write(data.resolve("train.bin"), images);
    Files.write(data.resolve("test.bin"), images);
    Files.writeString(data.resolve("fine_label_names.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
    Files.writeString(data.resolve("coarse_label_names.txt"), "x\ny\n");
    Files.createDirectory(temp.resolve("parts"));
    Files.writeString(
        temp.resolve("parts/data.conf"),
        "bilateral.data { source = cifar100, path = \"%s\" }".formatted(data));
    conf =
        Files.writeString(
            temp.resolve("my.conf"),
            """
            include "parts/data.conf"
            bilateral {
              name = sweep-of-${OMP_NUM_THREADS}-thread
              grid.sweep { "heads.learning-rate" = [1e-4, 1e-3] }
            }
            """);
    shipped = temp.resolve("shipped.conf");
  }

  @Test
  void oneFileSaysWhatTheUsersFilesAndOverridesSay() throws IOException {
    SweepConfig original =
        load(conf, "bilateral.grid.seeds=[3, 5]", "bilateral.hemisphere.width=8");

    ShippedConfiguration.write(original, shipped, hadoop);
    Files.delete(conf);
    SweepConfig copy = load(shipped);

    assertThat(copy)
        .usingRecursiveComparison()
        .ignoringFields("resolved", "data.source", "store")
        .isEqualTo(original);
    assertThat(SweepSetup.of(copy, hadoop).planFile().plan())
        .isEqualTo(SweepSetup.of(original, hadoop).planFile().plan());
  }

  @Test
  void localDataAreCopiedIntoTheStoreOnce() throws IOException {
    ShippedConfiguration.write(load(conf), shipped, hadoop);
    Path folder = temp.resolve("store/data");
    List<Path> copies = copies(folder);
    var written = Files.getLastModifiedTime(copies.get(0).resolve("dataset.json"));
    ShippedConfiguration.write(load(conf), shipped, hadoop);

    assertThat(copies(folder)).hasSize(1).isEqualTo(copies);
    assertThat(Files.getLastModifiedTime(copies.get(0).resolve("dataset.json"))).isEqualTo(written);
    assertThat(load(shipped).data().source().inWords()).isEqualTo("file:" + copies.get(0));
  }

  @Test
  void variablesAreNamedAndTheirValuesStayHere() throws IOException {
    ShippedConfiguration.write(load(conf), shipped, hadoop);

    assertThat(Files.readString(shipped))
        .contains("sweep-of-\"${OMP_NUM_THREADS}\"-thread")
        .doesNotContain("sweep-of-1");
    assertThat(load(shipped).name())
        .isEqualTo("sweep-of-" + System.getenv("OMP_NUM_THREADS") + "-thread");
  }

  @Test
  void aFolderOfTheSameNameOnTheDriversMachineIsNotTheStore() throws IOException {
    ShippedConfiguration.write(load(conf), shipped, hadoop);
    ShippedConfiguration.requireTheUsersStore(shipped.toFile(), load(shipped), hadoop);

    Files.move(temp.resolve("store"), temp.resolve("elsewhere"));
    assertThatThrownBy(
            () ->
                ShippedConfiguration.requireTheUsersStore(shipped.toFile(), load(shipped), hadoop))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("file:" + temp.resolve("store"))
        .hasMessageContaining(
            "is not the one of the machine that submitted it: set bilateral.store");
  }

  private SweepConfig load(Path file, String... overrides) {
    List<String> all = new ArrayList<>(List.of(overrides));
    if (file.equals(conf)) {
      all.add("bilateral.store=" + temp.resolve("store"));
    }
    return SweepConfig.load(file.toFile(), all);
  }

  private static List<Path> copies(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.toList();
    }
  }
}
