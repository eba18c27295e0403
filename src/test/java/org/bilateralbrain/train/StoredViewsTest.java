package org.bilateralbrain.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.CheckpointEvery;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.grid.BilateralJob;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.History;
import org.bilateralbrain.sweep.SweepSetup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Heads trained for three epochs, with three stored views and with eight. */
class StoredViewsTest {

  @TempDir Path temp;

  @Test
  void viewsThatNoEpochUsesChangeNothing() throws IOException {
    assertThat(losses(trained(8))).hasSize(3).isEqualTo(losses(trained(3)));
    assertThat(trained(8).metrics().heads()).isEqualTo(trained(3).metrics().heads());
  }

  @Test
  void viewsThatNoEpochUsesTakeNoMemory() throws IOException {
    assertThat(NativeMemory.of(bilateral(setup(8))))
        .isEqualTo(NativeMemory.of(bilateral(setup(3))));
    assertThat(NativeMemory.of(bilateral(setup(3))))
        .isGreaterThan(NativeMemory.of(bilateral(setup(2))));
  }

  private Artifact trained(int views) throws IOException {
    SweepSetup setup = setup(views);
    Configuration hadoop = new Configuration();
    JobRunner runner =
        new JobRunner(
            Engines.named("dl4j"),
            setup.store(),
            DataSource.Cache.load(setup.source(), hadoop),
            hadoop,
            new CheckpointEvery.Never());
    for (Job job : setup.plan().jobs()) {
      runner.run(job, progress -> {});
    }
    return setup.store().find(JobRunner.key(bilateral(setup))).orElseThrow();
  }

  private static List<String> losses(Artifact artifact) throws IOException {
    String history = new String(artifact.read(History.FILE_NAME), StandardCharsets.UTF_8);
    return history.lines().skip(1).map(epoch -> epoch.split(",", -1)[1]).toList();
  }

  private static Job bilateral(SweepSetup setup) {
    return setup.plan().jobs().stream()
        .filter(job -> job instanceof BilateralJob)
        .findFirst()
        .orElseThrow();
  }

  private SweepSetup setup(int views) throws IOException {
    String config =
        """
        bilateral {
          name = views
          data.synthetic { train-images = 100, test-images = 100 }
          grid { seeds = [0], models = [bilateral-specialised] }
          hemisphere { width = 2, epochs = 1, batch-size = 50, learning-rate = 3e-3 }
          heads { epochs = 3, batch-size = 50, learning-rate = 3e-3 }
        }
        """;
    Path file = Files.writeString(temp.resolve("views.conf"), config);
    return SweepSetup.of(
        SweepConfig.load(
            file.toFile(),
            List.of(
                "bilateral.store=" + temp.resolve("store"),
                "bilateral.heads.feature-views=" + views)),
        new Configuration());
  }
}
