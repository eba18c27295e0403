package org.bilateralbrain.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.bilateralbrain.data.PreparedDataSet;
import org.bilateralbrain.data.SyntheticDataSet;
import org.bilateralbrain.faults.InjectedFault.Kind;
import org.bilateralbrain.faults.Injection;
import org.bilateralbrain.spark.TinySweep.Run;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One of two machines is broken in various ways. A task is attempted twice on a machine and then on
 * another, as in the submit scripts. Unlike there, machines are never excluded for good, which
 * would hide the next fault.
 */
@Timeout(120)
class BrokenMachineIT {

  private static final String BROKEN = "127.0.0.2";

  private static TwoHosts hosts;
  private static JavaSparkContext cluster;
  private static List<String> undisturbed;

  @TempDir static Path ofCluster;
  @TempDir Path temp;

  @BeforeAll
  static void start() throws Exception {
    PreparedDataSet.write(
        SyntheticDataSet.generate(new SyntheticDataSet.Settings(0, 200, 100, 20, 5)),
        new org.apache.hadoop.fs.Path(ofCluster.resolve("data").toUri()),
        new Configuration());
    hosts = TwoHosts.start(ofCluster);
    cluster =
        LocalCluster.start(
            hosts
                .conf()
                .set("spark.task.maxFailures", "8")
                .set("spark.deploy.maxExecutorRetries", "-1")
                .set("spark.excludeOnFailure.enabled", "true")
                .set("spark.excludeOnFailure.application.enabled", "false")
                .set("spark.excludeOnFailure.task.maxTaskAttemptsPerExecutor", "2")
                .set("spark.excludeOnFailure.task.maxTaskAttemptsPerNode", "2")
                .set("spark.excludeOnFailure.application.maxFailedTasksPerExecutor", "1000")
                .set("spark.excludeOnFailure.application.maxFailedExecutorsPerNode", "1000"));
    TinySweep sweep = sweep(ofCluster);
    sweep.run(cluster);
    undisturbed = sweep.accuracies();
  }

  @AfterAll
  static void stop() {
    cluster.close();
    hosts.close();
  }

  @AfterEach
  void mend() {
    Injection.removeFrom(cluster);
  }

  private static TinySweep sweep(Path folder) {
    return TinySweep.in(
        folder,
        "store",
        "bilateral.data.source=cifar100",
        "bilateral.data.path=" + ofCluster.resolve("data"),
        "bilateral.store-patience=100 milliseconds");
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"NO_DATA", "OTHER_DISK", "READ_ONLY", "NO_LIBRARY", "NO_MEMORY", "KILL_IN_EPOCH"})
  void theOtherMachineDoesAllTheWork(Kind kind) throws Exception {
    Injection fault =
        Injection.into(cluster, kind, 1000, temp.resolve("tokens")).onlyOn(BROKEN, cluster);
    TinySweep sweep = sweep(temp);

    Run run = sweep.run(cluster);

    assertThat(run.summary().toString())
        .startsWith("10 jobs: 10 trained, 0 reused, 0 failed, 0 blocked");
    assertThat(sweep.accuracies()).isEqualTo(undisturbed);
    assertThat(sweep.commits()).hasSize(TinySweep.JOBS);
    assertThat(kind == Kind.OTHER_DISK || fault.count() > 0).as("something was broken").isTrue();
    assertThat(temp.resolve("store-of-" + BROKEN + "/artifacts")).doesNotExist();
  }
}
