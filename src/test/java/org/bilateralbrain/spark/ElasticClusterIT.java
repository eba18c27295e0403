package org.bilateralbrain.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.ExecutorAllocationClient;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.ExecutorDecommissionInfo;
import org.bilateralbrain.spark.TinySweep.Run;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import scala.Option;

/** Executors that come with the work, and executors that are told to leave. */
@Timeout(300)
class ElasticClusterIT {

  /** No checkpoint is due before the end, and no training is over before it is disturbed. */
  private static final String[] LONG = {
    "bilateral.grid.models=[unilateral-fine]",
    "bilateral.hemisphere={ width = 4, epochs = 100, batch-size = 20 }",
    "bilateral.checkpoint-every=1000 epochs"
  };

  @TempDir Path temp;

  @Test
  void aTrainingWhoseExecutorIsToldToLeaveSavesACheckpointAndIsContinuedByAnother()
      throws Exception {
    TinySweep undisturbed = TinySweep.in(temp, "undisturbed", LONG);
    TinySweep sweep = TinySweep.in(temp, "store", LONG);
    SparkConf conf =
        LocalCluster.withFullCompiler(LocalCluster.conf(2, 1))
            .set(SparkJobs.DECOMMISSIONING, "true");
    try (JavaSparkContext cluster = LocalCluster.start(conf)) {
      undisturbed.run(cluster);
      CompletableFuture<Run> run = CompletableFuture.supplyAsync(() -> unchecked(sweep, cluster));
      while (notes(sweep) < 2) {
        Thread.sleep(50);
      }
      String leaving = executors(cluster).iterator().next();
      client(cluster)
          .decommissionExecutor(
              leaving, new ExecutorDecommissionInfo("taken away", Option.empty()), false, false);

      assertThat(run.get().progress())
          .contains("moved    fine hemisphere")
          .containsPattern("its executor was told to leave; it resumes after epoch [1-9]")
          .containsPattern(", resumed after epoch [1-9]");
      assertThat(run.get().summary().toString()).startsWith("2 jobs: 2 trained");
      while (executors(cluster).contains(leaving)) {
        Thread.sleep(50); // it ends once it is idle
      }
    }
    assertThat(sweep.accuracies()).isEqualTo(undisturbed.accuracies());
    assertThat(temp.resolve("store/tokens")).isEmptyDirectory();
  }

  @Test
  void executorsComeWithTheWork() throws Exception {
    SparkConf conf =
        LocalCluster.conf(2, 1)
            .set("spark.dynamicAllocation.enabled", "true")
            .set("spark.dynamicAllocation.initialExecutors", "0")
            .set("spark.dynamicAllocation.maxExecutors", "2");
    TinySweep sweep = TinySweep.in(temp, "store");
    try (JavaSparkContext cluster = LocalCluster.start(conf)) {
      assertThat(executors(cluster)).isEmpty();
      assertThat(sweep.run(cluster).summary().toString()).startsWith("10 jobs: 10 trained");
      assertThat(executors(cluster)).hasSize(2);
    }
  }

  private static Run unchecked(TinySweep sweep, JavaSparkContext cluster) {
    try {
      return sweep.run(cluster);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static ExecutorAllocationClient client(JavaSparkContext cluster) {
    return (ExecutorAllocationClient) cluster.sc().schedulerBackend();
  }

  private static Set<String> executors(JavaSparkContext cluster) {
    return scala.collection.JavaConverters.seqAsJavaList(client(cluster).getExecutorIds()).stream()
        .map(String.class::cast)
        .collect(Collectors.toSet());
  }

  private static long notes(TinySweep sweep) throws Exception {
    Path attempts = sweep.store().resolve("attempts");
    if (!Files.exists(attempts)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(attempts)) {
      return files.filter(file -> file.endsWith("progress.json")).count();
    }
  }
}
