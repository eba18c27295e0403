package org.bilateralbrain.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.bilateralbrain.faults.InjectedFault.Kind;
import org.bilateralbrain.faults.Injection;
import org.bilateralbrain.sweep.TinySweep.Run;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What happens on clusters, on one with two executors in JVMs of their own. Whatever it is, the sweep ends with the
 * results of an undisturbed one.
 */
@Timeout(120)
class FaultsIT {

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
  void executorsKilledInTheMiddleOfAnEpoch() throws Exception {
    assertSameResults(Kind.KILL_IN_EPOCH, 3, 3);
  }

  @Test
  void executorsKilledInTheMiddleOfACheckpointWhoseJobsGoOnFromTheOneBefore() throws Exception {
    Run run = assertSameResults(Kind.KILL_IN_CHECKPOINT, 3, 3);

    assertThat(run.progress()).contains(", went on after epoch ");
  }

  @Test
  void executorsKilledBetweenTheCommitAndTheirAnswer() throws Exception {
    Run run = assertSameResults(Kind.KILL_AFTER_COMMIT, 3, 3);

    assertThat(run.progress()).contains("its artifact is in the store");
  }

  @Test
  void aFileSystemThatFailsNowAndThen() throws Exception {
    assertSameResults(Kind.FAIL_SOMETIMES, 12, 12);
  }

  @Test
  void aDiskThatIsFullForAWhile() throws Exception {
    assertSameResults(Kind.NO_SPACE, 3, 3);
  }

  @Test
  void aDiskThatStaysFullFailsTheJobsWithThatReasonAndTheNextRunSucceeds() throws Exception {
    SparkConf conf = LocalCluster.conf(2, 1);
    Injection.into(conf, Kind.NO_SPACE, 1000, temp.resolve("tokens"));
    TinySweep sweep = TinySweep.in(temp, "store", "bilateral.grid.models=[unilateral-fine]");
    try (JavaSparkContext spark = LocalCluster.start(conf)) {
      Run run = sweep.run(spark);

      assertThat(run.summary().toString()).startsWith("2 jobs: 0 trained, 0 reused, 2 failed");
      assertThat(run.progress()).contains("FAILED").contains("No space left on device");
      assertThat(sweep.commits()).isEmpty();
    }
    try (JavaSparkContext spark = LocalSpark.start()) {
      assertThat(sweep.run(spark).summary().trained()).isEqualTo(2);
    }
  }

  @Test
  void aTaskThatHangsIsOvertakenByItsTwinAndTheFirstCommitCounts() throws Exception {
    TinySweep sweep = TinySweep.in(temp, "store");
    try (TwoHosts cluster = TwoHosts.start(temp)) {
      SparkConf conf =
          cluster.conf()
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
  void aTaskThatHangsIsStoppedByTheTimeoutAndTriedAgain() throws Exception {
    SparkConf conf = LocalCluster.conf(2, 1);
    TinySweep sweep = TinySweep.in(temp, "store", "bilateral.job-timeout=10 seconds");
    Injection hang = Injection.into(conf, Kind.HANG_IN_EPOCH, 1, temp.resolve("tokens"));
    try (JavaSparkContext spark = LocalCluster.start(conf)) {
      Run run = sweep.run(spark);

      assertThat(hang.count()).isEqualTo(1);
      assertThat(run.progress()).contains("it ran for longer than job-timeout, 10 s; it is tried again");
      assertThat(run.summary().toString()).startsWith("10 jobs: 10 trained");
      assertThat(sweep.accuracies()).isEqualTo(undisturbed);
    }
  }

  @Test
  void twoDriversOnOneStoreAtOnceEndWithTheSameResults() throws Exception {
    TinySweep sweep = TinySweep.in(temp, "store");
    ExecutorService drivers = Executors.newFixedThreadPool(2);
    try (JavaSparkContext spark = LocalCluster.start(LocalCluster.conf(2, 1))) {
      Future<Run> one = drivers.submit(() -> sweep.run(spark));
      Future<Run> two = drivers.submit(() -> sweep.run(spark));

      assertThat(one.get().summary().toString()).startsWith("10 jobs: ").contains("0 failed, 0 blocked");
      assertThat(two.get().summary().toString()).startsWith("10 jobs: ").contains("0 failed, 0 blocked");
    }
    drivers.shutdown();
    assertThat(sweep.accuracies()).isEqualTo(undisturbed);
    assertThat(sweep.setup().inventory().jobs(sweep.setup().plan(), Inventory.Action.TRAIN)).isEmpty();
  }

  @Test
  void dataThatHasChangedBetweenRunsIsAnotherSweepsData() throws Exception {
    try (JavaSparkContext spark = LocalSpark.start()) {
      TinySweep before = TinySweep.in(temp, "store");
      before.run(spark);
      TinySweep after = TinySweep.in(temp, "store", "bilateral.data.synthetic.train-images=220");

      assertThat(after.run(spark).summary().toString()).startsWith("10 jobs: 10 trained, 0 reused");
      assertThat(before.run(spark).summary().toString()).startsWith("10 jobs: 0 trained, 10 reused");
      assertThat(before.accuracies()).isEqualTo(undisturbed);
    }
  }

  private Run assertSameResults(Kind kind, int times, int expected) throws Exception {
    SparkConf conf = LocalCluster.conf(2, 1).set("spark.task.maxFailures", "8");
    TinySweep sweep = TinySweep.in(temp, "store");
    Injection fault = Injection.into(conf, kind, times, temp.resolve("tokens"));
    try (JavaSparkContext spark = LocalCluster.start(conf)) {
      Run run = sweep.run(spark);

      assertThat(fault.count()).as("faults injected").isEqualTo(expected);
      assertThat(run.summary().toString()).startsWith("10 jobs: 10 trained, 0 reused, 0 failed, 0 blocked");
      assertThat(sweep.accuracies()).isEqualTo(undisturbed);
      assertThat(sweep.commits()).as("nothing is trained twice once it is committed").hasSize(TinySweep.JOBS);
      assertThat(Files.list(sweep.store().resolve("attempts/hemisphere"))).isEmpty();
      return run;
    }
  }
}
