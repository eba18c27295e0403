package org.bilateralbrain.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.spark.TinySweep.Run;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.train.JobRunner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Data-parallel training on two executors. */
@Timeout(240)
class DataParallelIT {

  private static final String[] TOGETHER = {
    "bilateral.hemisphere.parallelism=data", "bilateral.hemisphere.averaging-frequency=2"
  };

  @TempDir Path temp;

  @Test
  void aDataParallelSweepHasTheSameArtifactsAsAnyOther() throws Exception {
    TinySweep sweep = TinySweep.in(temp, "store", TOGETHER);
    try (JavaSparkContext spark = LocalCluster.start(LocalCluster.conf(2, 1))) {
      Run run = sweep.run(spark);

      assertThat(run.progress()).doesNotContain("FAILED");
      assertThat(run.summary().toString())
          .startsWith("10 jobs: 10 trained, 0 reused, 0 failed, 0 blocked");
      assertThat(sweep.run(spark).summary().toString()).startsWith("10 jobs: 0 trained, 10 reused");
    }
    for (Job job : sweep.setup().plan().jobs()) {
      Artifact artifact = sweep.setup().store().find(JobRunner.key(job)).orElseThrow();
      if (job.isDistributed()) {
        assertThat(new String(artifact.read("history.csv"), StandardCharsets.UTF_8))
            .hasLineCount(1 + 6);
        assertThat(artifact.metrics().epochs()).isEqualTo(6);
        assertThat(new String(artifact.read("job.json"), StandardCharsets.UTF_8))
            .contains("data, 2 workers, averaged every 2 steps");
      }
    }
  }

  @Test
  void dataParallelTrainingIsReproducible() throws Exception {
    TinySweep one = TinySweep.in(temp, "one", TOGETHER);
    TinySweep two = TinySweep.in(temp, "two", TOGETHER);
    try (JavaSparkContext spark = LocalCluster.start(LocalCluster.conf(2, 1))) {
      one.run(spark);
      two.run(spark);
    }
    assertThat(two.accuracies()).isEqualTo(one.accuracies());
  }

  @Test
  void onRealImagesTwoExecutorsReachTheAccuracyOfOne() throws Exception {
    String archive = System.getenv("BILATERAL_CIFAR100");
    assumeThat(archive).as("BILATERAL_CIFAR100").isNotNull();
    List<String> real =
        List.of(
            "bilateral.data={ source = cifar100, path = \""
                + archive
                + "\", train-limit = 4000, test-limit = 2000 }",
            "bilateral.grid={ seeds = [0], models = [unilateral-coarse] }",
            "bilateral.hemisphere={ width = 8, epochs = 8, batch-size = 32, learning-rate = 3e-3, dropout = 0.2 }");
    double alone;
    double together;
    try (JavaSparkContext spark =
        LocalCluster.start(LocalCluster.withFullCompiler(LocalCluster.conf(2, 1)))) {
      alone = coarse(new TinySweep(temp, temp.resolve("alone"), real), spark);
      List<String> over = new ArrayList<>(real);
      over.add("bilateral.hemisphere.parallelism=data");
      together = coarse(new TinySweep(temp, temp.resolve("together"), over), spark);
    }
    System.out.printf("Test accuracy with one executor %.4f, with two %.4f%n", alone, together);
    assertThat(alone).isGreaterThan(0.2);
    assertThat(together).isBetween(alone - 0.06, alone + 0.06);
  }

  private static double coarse(TinySweep sweep, JavaSparkContext spark) throws Exception {
    Run run = sweep.run(spark);
    assertThat(run.progress()).doesNotContain("FAILED");
    Job job = sweep.setup().plan().jobs().get(0);
    Metrics metrics = sweep.setup().store().find(JobRunner.key(job)).orElseThrow().metrics();
    return metrics.heads().get("coarse").test();
  }
}
