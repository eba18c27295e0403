package org.bilateralbrain.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.CheckpointEvery;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.train.JobRunner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The synthetic images are neither trivial nor hopeless, so the quickstart's results mean
 * something.
 */
class SyntheticDifficultyIT {

  @TempDir Path temp;

  @Test
  void oneEpochIsClearlyAboveChanceAndClearlyBelowPerfection() throws Exception {
    SweepConfig config =
        SweepConfig.load(
            new File("conf/quickstart.conf"),
            List.of(
                "bilateral.hemisphere.epochs=1",
                "bilateral.grid.seeds=[0]",
                "bilateral.store=" + temp));
    SweepSetup setup = SweepSetup.of(config, new Configuration());
    JobRunner runner =
        new JobRunner(
            Engines.named("dl4j"),
            setup.store(),
            DataSource.Cache.load(config.data().source(), new Configuration()),
            new Configuration(),
            new CheckpointEvery.Never());
    List<Job> jobs = setup.plan().jobs();

    for (Job job : jobs.subList(0, 2)) {
      runner.run(job, progress -> {});
    }

    Metrics fine = setup.store().find(JobRunner.key(jobs.get(0))).orElseThrow().metrics();
    Metrics coarse = setup.store().find(JobRunner.key(jobs.get(1))).orElseThrow().metrics();

    assertThat(fine.heads().get("fine").test()).isBetween(3 * 0.01, 0.5);
    assertThat(coarse.heads().get("coarse").test()).isBetween(3 * 0.05, 0.8);
  }
}
