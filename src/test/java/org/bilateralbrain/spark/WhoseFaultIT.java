package org.bilateralbrain.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.bilateralbrain.faults.FaultyFileSystem;
import org.bilateralbrain.faults.InjectedFault.Kind;
import org.bilateralbrain.faults.Injection;
import org.bilateralbrain.faults.Outage;
import org.bilateralbrain.spark.TinySweep.Run;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Attribution of failures to a machine, a lost executor, the store or the job itself. Each test has
 * its own cluster.
 */
@Timeout(120)
class WhoseFaultIT {

  private static List<String> undisturbed;

  @TempDir Path temp;

  @BeforeAll
  static void runUndisturbed(@TempDir Path folder) throws Exception {
    try (JavaSparkContext spark = LocalSpark.start()) {
      TinySweep sweep = TinySweep.in(folder, "undisturbed");
      sweep.run(spark);
      undisturbed = sweep.accuracies();
    }
  }

  @Test
  void aHangingTaskIsOvertakenBySpeculationAndTheFirstCommitCounts() throws Exception {
    TinySweep sweep = TinySweep.in(temp, "store");
    try (TwoHosts cluster = TwoHosts.start(temp)) {
      SparkConf conf =
          cluster
              .conf()
              .set("spark.speculation", "true")
              .set("spark.speculation.interval", "200ms")
              .set("spark.speculation.task.duration.threshold", "3s");
      Injection hang = Injection.into(conf, Kind.HANG_IN_EPOCH, 1, temp.resolve("tokens"));
      try (JavaSparkContext spark = LocalCluster.start(conf)) {
        Run run = sweep.run(spark);

        assertThat(hang.count()).isEqualTo(1);
        assertThat(run.summary().toString()).startsWith("10 jobs: 10 trained");
        assertThat(sweep.accuracies()).isEqualTo(undisturbed);
        assertThat(sweep.commits()).hasSize(TinySweep.JOBS);
      }
    }
  }

  @Test
  void aJobFinishesAlthoughItsExecutorIsRepeatedlyLostAfterCheckpoints() throws Exception {
    SparkConf conf = LocalCluster.conf(1, 1).set("spark.task.maxFailures", "2");
    TinySweep sweep = TinySweep.in(temp, "store", "bilateral.grid.models=[unilateral-fine]");
    Injection losses = Injection.into(conf, Kind.KILL_AFTER_CHECKPOINT, 4, temp.resolve("tokens"));
    try (JavaSparkContext spark = LocalCluster.start(conf)) {
      Run run = sweep.run(spark);

      assertThat(losses.count()).isEqualTo(4);
      assertThat(run.summary().toString()).startsWith("2 jobs: 2 trained, 0 reused, 0 failed");
      assertThat(run.progress())
          .containsPattern("resumed +fine hemisphere.*; it resumes after epoch [2-4]");
      assertThat(undisturbed).containsAll(sweep.accuracies());
    }
  }

  @ParameterizedTest(name = "machines on which too much fails are left out: {0}")
  @ValueSource(booleans = {false, true})
  void aJobThatMakesNoProgressFailsWithTheReasonOfTheLastLoss(boolean leavesOut) throws Exception {
    SparkConf conf = LocalCluster.conf(1, 1);
    (leavesOut ? leavingOutWhatFails(conf) : conf).set("spark.task.maxFailures", "3");
    TinySweep sweep =
        TinySweep.in(
            temp,
            "store",
            "bilateral.grid.models=[unilateral-fine]",
            "bilateral.grid.seeds=[0]",
            "bilateral.checkpoint-every=never");
    Injection.into(conf, Kind.KILL_IN_EPOCH, 1000, temp.resolve("tokens"));
    try (JavaSparkContext spark = LocalCluster.start(conf)) {
      Run run = sweep.run(spark);

      assertThat(run.summary().toString()).startsWith("1 jobs: 0 trained, 0 reused, 1 failed");
      assertThat(run.progress())
          .containsPattern(
              "FAILED +fine hemisphere, resnet9 width 2, seed 0: ExecutorLostFailure \\(executor \\d+ exited .*137");
    }
  }

  @ParameterizedTest(name = "a trained network is kept for {0}")
  @ValueSource(strings = {"10 minutes", "1 second"})
  void aTemporarilyUnavailableStoreCostsNoJob(String patience) throws Exception {
    Configuration hadoop = Outage.after(3, 6);
    TinySweep sweep =
        TinySweep.in(
            temp,
            "store",
            "bilateral.store-patience=" + patience,
            "bilateral.checkpoint-every=never");
    SparkConf conf =
        new SparkConf().setMaster("local[2,4]").setAppName("test").set("spark.ui.enabled", "false");
    hadoop
        .getPropsWithPrefix("fs.file.impl")
        .forEach((key, value) -> conf.set("spark.hadoop.fs.file.impl" + key, value));
    conf.set("spark.hadoop." + FaultyFileSystem.FAULTS, Outage.class.getName());
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      Run run = sweep.run(spark, hadoop);

      assertThat(Outage.isOver()).isTrue();
      assertThat(run.summary().toString())
          .startsWith("10 jobs: 10 trained, 0 reused, 0 failed, 0 blocked");
      if (patience.equals("1 second")) {
        assertThat(run.progress())
            .contains(
                "The store does not respond: Connection refused. No new jobs are started until it does.")
            .contains("it will be retried at the end", "The store responds again after ");
      }
      assertThat(sweep.accuracies()).isEqualTo(undisturbed);
      assertThat(sweep.commits()).hasSize(TinySweep.JOBS);
    }
  }

  /** As in the submit scripts for clusters. */
  private static SparkConf leavingOutWhatFails(SparkConf conf) {
    return conf.set("spark.task.maxFailures", "8")
        .set("spark.excludeOnFailure.enabled", "true")
        .set("spark.excludeOnFailure.task.maxTaskAttemptsPerExecutor", "2")
        .set("spark.excludeOnFailure.task.maxTaskAttemptsPerNode", "2")
        .set("spark.excludeOnFailure.application.maxFailedTasksPerExecutor", "2")
        .set(
            "spark.scheduler.excludeOnFailure.unschedulableTaskSetTimeout",
            "1s"); // two minutes by default
  }
}
