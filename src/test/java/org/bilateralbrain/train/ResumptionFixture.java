package org.bilateralbrain.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.CheckpointEvery;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.train.Training.ProgressListener;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that are run, killed and run again, and what they leave in their stores. */
abstract class ResumptionFixture {

  static final CheckpointEvery EPOCH = new CheckpointEvery.Epochs(1);
  static final ProgressListener NO_LISTENER = progress -> {};

  @TempDir Path temp;

  static ProgressListener dyingIn(int epoch) {
    return progress -> {
      if (progress.get().round() == epoch) {
        throw new IllegalStateException("killed");
      }
    };
  }

  final JobRunner runner(SweepSetup setup) {
    return runner(setup, EPOCH);
  }

  static JobRunner runner(SweepSetup setup, CheckpointEvery every) {
    Configuration hadoop = new Configuration();
    return new JobRunner(
        setup.config().computation().open(),
        setup.store(),
        DataSource.Cache.load(setup.source(), hadoop),
        hadoop,
        every);
  }

  static byte[] weights(SweepSetup setup, Job job) throws IOException {
    return artifact(setup.store(), job).read(WeightsFile.NAME);
  }

  /** Losses and accuracies; times differ. */
  static List<String> history(SweepSetup setup, Job job) throws IOException {
    List<String> rows = new ArrayList<>();
    byte[] csv = artifact(setup.store(), job).read("history.csv");
    List<String> lines = new String(csv, StandardCharsets.UTF_8).lines().toList();
    int times = List.of(lines.get(0).split(",")).indexOf("train_seconds");
    for (String line : lines) {
      List<String> columns = new ArrayList<>(List.of(line.split(",", -1)));
      columns.subList(times, times + 2).clear(); // and images per second
      rows.add(String.join(",", columns));
    }
    return rows;
  }

  static Artifact artifact(Store store, Job job) throws IOException {
    return store.find(JobRunner.key(job)).orElseThrow();
  }

  final SweepSetup setup(String store) throws IOException {
    return setup(store, List.of());
  }

  final SweepSetup setup(String store, List<String> settings) throws IOException {
    List<String> overrides = new ArrayList<>(settings);
    overrides.add("bilateral.store=" + temp.resolve(store));
    Path file =
        Files.writeString(
            temp.resolve("c.conf"),
            """
            bilateral {
              name = resumption
              data.synthetic { train-images = 200, test-images = 100 }
              grid.seeds = [0]
              grid.models = [bilateral-specialised, bilateral-unspecialised, unilateral-both]
              hemisphere { width = 2, epochs = 6, batch-size = 50, learning-rate = 3e-3 }
              both-heads { epochs = 6, batch-size = 50, learning-rate = 3e-3 }
              heads { feature-views = 2, epochs = 6, batch-size = 50, learning-rate = 3e-3 }
            }
            """);
    return SweepSetup.of(SweepConfig.load(file.toFile(), overrides), new Configuration());
  }
}
