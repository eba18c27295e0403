package org.bilateralbrain.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.bilateralbrain.faults.InjectedFault.Kind;
import org.bilateralbrain.faults.Injection;
import org.bilateralbrain.spark.TinySweep.Run;
import org.bilateralbrain.sweep.Inventory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults that occur on clusters, injected into one with two executors in separate JVMs. The sweep
 * always ends with the results of an undisturbed one.
 */
@Timeout(120)
@TestInstance(Lifecycle.PER_CLASS)
abstract class FaultsContract {

  private final String engine;
  private List<String> undisturbed;
  private JavaSparkContext cluster;

  @TempDir Path temp;

  FaultsContract(String engine) {
    this.engine = engine;
  }

  @BeforeAll
  void runUndisturbed(@TempDir Path folder) throws Exception {
    SparkConf conf =
        LocalCluster.conf(2, 1)
            .set("spark.task.maxFailures", "8")
            .set("spark.deploy.maxExecutorRetries", "-1");
    cluster = LocalCluster.start(conf);
    TinySweep sweep = sweep(folder, "undisturbed");
    sweep.run(cluster);
    undisturbed = sweep.accuracies();
  }

  @AfterAll
  void stop() {
    cluster.close();
  }

  @AfterEach
  void mend() {
    Injection.removeFrom(cluster);
  }

  @Test
  void executorsKilledInTheMiddleOfAnEpoch() throws Exception {
    assertSameResults(Kind.KILL_IN_EPOCH, 3, 3);
  }

  @Test
  void executorsKilledWhileSavingACheckpointResumeFromTheOneBefore() throws Exception {
    Run run = assertSameResults(Kind.KILL_IN_CHECKPOINT, 2, 2);

    assertThat(run.progress()).contains(", resumed after epoch ");
  }

  @Test
  void executorsKilledBetweenCommitAndReply() throws Exception {
    Run run = assertSameResults(Kind.KILL_AFTER_COMMIT, 2, 2);

    assertThat(run.progress()).contains("its artifact is already in the store");
  }

  @Test
  void aFileSystemThatFailsOccasionally() throws Exception {
    assertSameResults(Kind.FAIL_SOMETIMES, 12, 12);
  }

  @Test
  void aDiskThatIsFullForAWhile() throws Exception {
    assertSameResults(Kind.NO_SPACE, 3, 3);
  }

  @Test
  void aDiskThatStaysFullFailsTheJobsAndTheNextRunSucceeds() throws Exception {
    Injection.into(cluster, Kind.NO_SPACE, 1000, temp.resolve("tokens"));
    TinySweep sweep =
        sweep(
            temp,
            "store",
            "bilateral.grid.models=[unilateral-fine]",
            "bilateral.grid.seeds=[0]",
            "bilateral.store-patience=100 milliseconds");
    Run run = sweep.run(cluster);

    assertThat(run.summary().toString())
        .startsWith("1 jobs: 0 trained, 0 reused, 1 failed")
        .endsWith("; networks without a result: 1");
    assertThat(run.summary().complete()).isFalse();
    assertThat(run.progress())
        .contains("deferred", "FAILED")
        .contains("the store failed: No space left on device");
    assertThat(sweep.commits()).isEmpty();
    Injection.removeFrom(cluster);
    assertThat(sweep.run(cluster).summary().trained()).isEqualTo(1);
  }

  @Test
  void aHangingTaskIsStoppedByTheTimeoutAndRetried() throws Exception {
    TinySweep sweep = sweep(temp, "store", "bilateral.job-timeout=6 seconds");
    Injection hang = Injection.into(cluster, Kind.HANG_IN_EPOCH, 1, temp.resolve("tokens"));
    Run run = sweep.run(cluster);

    assertThat(hang.count()).isEqualTo(1);
    assertThat(run.progress()).contains("it ran longer than job-timeout, 6 s; it will be retried");
    assertThat(run.summary().toString()).startsWith("10 jobs: 10 trained");
    assertThat(sweep.accuracies()).isEqualTo(undisturbed);
  }

  @Test
  void twoDriversOnOneStoreAtOnceEndWithTheSameResults() throws Exception {
    TinySweep sweep = sweep(temp, "store");
    ExecutorService drivers = Executors.newFixedThreadPool(2);
    Future<Run> one = drivers.submit(() -> sweep.run(cluster));
    Future<Run> two = drivers.submit(() -> sweep.run(cluster));

    assertThat(one.get().summary().toString())
        .startsWith("10 jobs: ")
        .contains("0 failed, 0 blocked");
    assertThat(two.get().summary().toString())
        .startsWith("10 jobs: ")
        .contains("0 failed, 0 blocked");
    drivers.shutdown();
    assertThat(sweep.accuracies()).isEqualTo(undisturbed);
    assertThat(sweep.setup().inventory().jobs(sweep.setup().plan(), Inventory.Action.TRAIN))
        .isEmpty();
  }

  @Test
  void changedDataLeadsToNewJobs() throws Exception {
    TinySweep before = sweep(temp, "store");
    before.run(cluster);
    TinySweep after = sweep(temp, "store", "bilateral.data.synthetic.train-images=220");

    assertThat(after.run(cluster).summary().toString()).startsWith("10 jobs: 10 trained, 0 reused");
    assertThat(before.run(cluster).summary().toString())
        .startsWith("10 jobs: 0 trained, 10 reused");
    assertThat(before.accuracies()).isEqualTo(undisturbed);
  }

  @Test
  void aJobIsDoneWhenTheDriverSeesItsArtifactNotWhenItsTaskSaysSo() throws Exception {
    TinySweep sweep = sweep(temp, "store");
    Injection fault = Injection.into(cluster, Kind.LOSE_ARTIFACT, 2, temp.resolve("tokens"));
    Run run = sweep.run(cluster);

    assertThat(fault.count()).isEqualTo(2);
    assertThat(run.progress())
        .contains("its task reported success, but the driver finds no artifact hemisphere/");
    assertThat(run.summary().toString())
        .startsWith("10 jobs: 10 trained, 0 reused, 0 failed, 0 blocked");
    assertThat(sweep.accuracies()).isEqualTo(undisturbed);
  }

  @Test
  void artifactsThatTheDriverNeverSeesFailTheRun() throws Exception {
    TinySweep sweep =
        sweep(temp, "store", "bilateral.grid.models=[unilateral-fine]", "bilateral.grid.seeds=[0]");
    Injection.into(cluster, Kind.LOSE_ARTIFACT, 1000, temp.resolve("tokens"));
    Run run = sweep.run(cluster);

    assertThat(run.summary().toString())
        .startsWith("1 jobs: 0 trained, 0 reused, 1 failed, 0 blocked");
    assertThat(run.progress()).contains("FAILED", "do all machines use the same store?");
    assertThat(run.summary().complete()).isFalse();
    assertThat(run.summary().table()).contains("(0 of 1)");
  }

  private TinySweep sweep(Path folder, String store, String... overrides) {
    List<String> all = new ArrayList<>(List.of(overrides));
    all.add("bilateral.engine=" + engine);
    return TinySweep.in(folder, store, all.toArray(String[]::new));
  }

  private Run assertSameResults(Kind kind, int times, int expected) throws Exception {
    TinySweep sweep = sweep(temp, "store");
    Injection fault = Injection.into(cluster, kind, times, temp.resolve("tokens"));
    Run run = sweep.run(cluster);

    assertThat(fault.count()).as("faults injected").isEqualTo(expected);
    assertThat(run.summary().toString())
        .startsWith("10 jobs: 10 trained, 0 reused, 0 failed, 0 blocked");
    assertThat(sweep.accuracies()).isEqualTo(undisturbed);
    assertThat(sweep.commits()).as("no committed job is trained again").hasSize(TinySweep.JOBS);
    assertThat(sweep.store().resolve("attempts/hemisphere")).isEmptyDirectory();
    return run;
  }
}
