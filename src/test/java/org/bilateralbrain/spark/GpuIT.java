package org.bilateralbrain.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.Serializable;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.nn.Engine.Gpu;
import org.bilateralbrain.report.progress.EventLines;
import org.bilateralbrain.sweep.SweepSetup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Assignment of GPUs on a real cluster without any: a script that lists imaginary cards replaces
 * nvidia-smi; everything between it and the engine is real.
 */
class GpuIT {

  private static final long TASK_MILLIS = 1500;

  @TempDir Path temp;

  /** Which card a task used, and when. */
  private record Use(String executor, List<String> gpus, long from, long to)
      implements Serializable {
    boolean overlaps(Use other) {
      return from < other.to && other.from < to;
    }
  }

  @Test
  void tasksThatRunAtTheSameTimeInOneExecutorUseDifferentCards() throws Exception {
    assertDifferentCards(
        uses(cluster(1, 2, 2, "0, 8.0, Disabled, 30, A100\n1, 8.0, Disabled, 31, A100\n"), 6), 2);
  }

  @Test
  void executorsOnOneMachineUseDifferentCards() throws Exception {
    SparkConf conf =
        cluster(1, 2, 1, "0, 8.6, [N/A], 30, A10\n1, 3.5, [N/A], 31, K40\n2, 8.6, [N/A], 32, A10\n")
            .set("spark.executor.cores", "1");
    conf.set("spark.executor.memory", "512m").set("spark.worker.resource.gpu.amount", "2");
    assertDifferentCards(uses(conf, 6), 2);
  }

  @Test
  void tasksWithAThirdOfACardShareIt() throws Exception {
    SparkConf conf = cluster(1, 3, 1, "0, 9.0, Disabled, 30, H100\n");
    List<Use> uses = uses(conf.set("spark.task.resource.gpu.amount", "0.333333"), 6);

    assertThat(uses).allSatisfy(use -> assertThat(use.gpus()).containsExactly("0"));
    assertThat(uses).anySatisfy(use -> assertThat(uses.stream().filter(use::overlaps)).hasSize(3));
  }

  @Test
  void aBuildForCpusFailsAJobWithAGpuAndSaysSo() throws Exception {
    String progress =
        run(cluster(1, 1, 1, "0, 8.0, Disabled, 30, A100\n"), "bilateral.require-gpu=true");

    assertThat(progress)
        .contains("FAILED")
        .contains("this program was built for CPUs: build it with mvn -Pcuda package");
  }

  @Test
  void aJobThatNeedsAGpuAndGetsNoneFailsInsteadOfRunningOnTheCpu() throws Exception {
    String progress = run(LocalCluster.conf(1, 1), "bilateral.require-gpu=true");

    assertThat(progress)
        .contains("FAILED")
        .contains("require-gpu is set, but Spark assigned no GPU to the task")
        .doesNotContain("done");
  }

  private static void assertDifferentCards(List<Use> uses, int cards) {
    assertThat(uses).allSatisfy(use -> assertThat(use.gpus()).hasSize(1));
    int concurrent = 0;
    for (int i = 0; i < uses.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (uses.get(i).overlaps(uses.get(j))) {
          concurrent++;
          assertThat(uses.get(i).gpus())
              .as("%s and %s", uses.get(i), uses.get(j))
              .isNotEqualTo(uses.get(j).gpus());
        }
      }
    }
    assertThat(concurrent).isPositive();
    assertThat(uses.stream().map(Use::gpus).distinct()).hasSize(cards);
  }

  private static List<Use> uses(SparkConf conf, int tasks) {
    try (JavaSparkContext spark = LocalCluster.start(conf)) {
      return spark
          .parallelize(IntStream.range(0, tasks).boxed().toList(), tasks)
          .map(i -> use())
          .collect();
    }
  }

  private static Use use() throws InterruptedException {
    RecordingEngine engine = new RecordingEngine();
    TaskResources.bind(TaskContext.get().resourcesJMap(), 1, 1, engine, true);
    List<String> used = engine.gpu().map(Gpu::address).stream().toList();
    long from = System.currentTimeMillis();
    Thread.sleep(TASK_MILLIS);
    return new Use(SparkEnv.get().executorId(), used, from, System.currentTimeMillis());
  }

  /** A cluster whose executors each have a number of GPUs, found by our script. */
  private SparkConf cluster(int executors, int cores, int gpus, String cards) throws Exception {
    Path script = temp.resolve("discovery.sh");
    Files.writeString(
        script,
        """
        #!/bin/sh
        PATH=%s:$PATH exec %s
        """
            .formatted(
                nvidiaSmi(cards).getParent(), Path.of("submit/gpu-discovery.sh").toAbsolutePath()));
    executable(script);
    return LocalCluster.conf(executors, cores)
        .set("spark.worker.resource.gpu.amount", String.valueOf(gpus))
        .set("spark.worker.resource.gpu.discoveryScript", script.toString())
        .set("spark.executor.resource.gpu.amount", String.valueOf(gpus))
        .set("spark.executor.resource.gpu.discoveryScript", script.toString())
        .set("spark.task.resource.gpu.amount", "1");
  }

  private Path nvidiaSmi(String cards) throws Exception {
    Path list = Files.writeString(temp.resolve("cards"), cards);
    Path script = temp.resolve("nvidia-smi");
    Files.writeString(script, "#!/bin/sh\ncat %s\n".formatted(list));
    return executable(script);
  }

  private static Path executable(Path script) throws Exception {
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String run(SparkConf conf, String... overrides) throws Exception {
    Path file =
        Files.writeString(
            temp.resolve("c.conf"),
            """
            bilateral {
              name = gpu
              data.synthetic { train-images = 200, test-images = 100 }
              grid { seeds = [0], models = [unilateral-fine] }
              hemisphere { width = 2, epochs = 1, batch-size = 50 }
            }
            """);
    List<String> all = new ArrayList<>(List.of(overrides));
    all.add("bilateral.store=" + temp.resolve("store"));
    StringWriter progress = new StringWriter();
    try (JavaSparkContext spark = LocalCluster.start(conf)) {
      SweepSetup setup = SweepSetup.of(SweepConfig.load(file.toFile(), all), new Configuration());
      SparkDriver.run(setup, spark, new EventLines(new PrintWriter(progress)));
    }
    return progress.toString();
  }
}
