package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The scripts for clusters, as far as the line that they would run; ci/cluster.sh runs one for real. */
@Timeout(120)
class SubmitScriptsIT {

  private static final String SPARK_HOME = Path.of("target/spark-scripts").toAbsolutePath().toString();

  @TempDir Path temp;

  /** What a script printed and how it ended. */
  private record Result(int exitCode, String out, String err) {}

  @BeforeAll
  static void makeSparkHome() throws Exception {
    assertThat(new ProcessBuilder("ci/spark-home.sh", SPARK_HOME).inheritIO().start().waitFor()).isZero();
  }

  @Test
  void standaloneSubmitsTheJarWithSettingsThatSuitLongTasks() throws Exception {
    Result result = run("standalone.sh", "--dry-run", "--master", "spark://h:7077", "run", "conf/quickstart.conf");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .startsWith(SPARK_HOME + "/bin/spark-submit --master spark://h:7077 --deploy-mode client")
        .contains("spark.speculation=false", "spark.task.reaper.enabled=true", "spark.task.cpus=1")
        .containsPattern("bilateral-sweep-[0-9.]+-all.jar run conf/quickstart.conf");
  }

  @Test
  void memoryBesideTheHeapFollowsTheConfigurationAndTheNumberOfTasks() throws Exception {
    int small = overheadMib("run", "conf/quickstart.conf");
    int large = overheadMib("run", "conf/quickstart.conf", "--set", "bilateral.hemisphere.width=64", "--set", "bilateral.hemisphere.batch-size=256");

    assertThat(small).isBetween(512 + 4 * 381, 512 + 4 * 700);
    assertThat(large).isBetween(512 + 4 * 1500, 512 + 4 * 2500);
  }

  private int overheadMib(String... command) throws Exception {
    List<String> words = new ArrayList<>(List.of("--dry-run", "--executors", "2", "--executor-cores", "4"));
    words.addAll(List.of(command));
    String line = run("yarn.sh", words.toArray(String[]::new)).out();
    return Integer.parseInt(line.replaceAll("(?s).*spark.executor.memoryOverhead=(\\d+)m.*", "$1"));
  }

  @Test
  void gpusAreGivenToTasksAndRequired() throws Exception {
    Result result = run("yarn.sh", "--dry-run", "--executors", "2", "--gpus", "4", "--native", "100", "run", "conf/quickstart.conf");

    assertThat(result.out())
        .contains("spark.executor.resource.gpu.amount=4", "spark.task.resource.gpu.amount=1")
        .contains("submit/gpu-discovery.sh", "spark.executor.resource.gpu.discoveryScript=./gpu-discovery.sh")
        .contains("spark.executor.memoryOverhead=912m")
        .contains("--set bilateral.require-gpu=true");
  }

  @Test
  void analysingNeedsTheMemoryAndTheGpusThatTrainingNeeds() throws Exception {
    assertThat(overheadMib("analyse", "conf/quickstart.conf", "--set", "bilateral.hemisphere.width=64"))
        .isEqualTo(overheadMib("run", "conf/quickstart.conf", "--set", "bilateral.hemisphere.width=64"));
    Result result = run("yarn.sh", "--dry-run", "--executors", "2", "--gpus", "1", "--native", "100", "analyse", "conf/quickstart.conf");
    assertThat(result.out()).contains("--set bilateral.require-gpu=true");
  }

  @Test
  void kubernetesRunsTheJarOfItsImage() throws Exception {
    Result result =
        run("kubernetes.sh", "--dry-run", "--executors", "3", "--s3", "--master", "k8s://https://h:6443", "--image", "r/b:1", "--native", "1", "status", "conf/quickstart.conf");

    assertThat(result.out())
        .contains("--deploy-mode cluster", "spark.kubernetes.container.image=r/b:1")
        .contains("--packages org.apache.hadoop:hadoop-aws:3.3.4")
        .contains("local:///opt/bilateral/bilateral-sweep-all.jar status conf/quickstart.conf");
  }

  @Test
  void mistakesAreToldBeforeAnythingIsSubmitted() throws Exception {
    assertThat(run("standalone.sh", "run", "conf/quickstart.conf").err()).contains("--master must be the cluster's spark://host:port");
    assertThat(run("standalone.sh", "--mater", "x", "run", "c").err()).contains("there is no option --mater");
    assertThat(run("standalone.sh", "--gpus", "two", "run", "c").err()).contains("--gpus needs a whole number, not 'two'");
    assertThat(run("standalone.sh", "--executor-cores", "1", "--task-cpus", "2", "run", "c").exitCode()).isEqualTo(2);
    assertThat(run("kubernetes.sh", "--master", "k8s://https://h", "run", "c").err()).contains("--image must name an image");
    assertThat(run("yarn.sh", "run", "conf/quickstart.conf").err()).contains("--executors must say how many");
    assertThat(run("yarn.sh", "--gpus", "8", "run", "c").err()).contains("--gpus 8 needs as many tasks");
    Result wrong = run("yarn.sh", "--dry-run", "--executors", "1", "run", "conf/quickstart.conf", "--set", "bilateral.hemisphere.width=0");
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.err()).contains("bilateral.hemisphere.width must be a whole number of at least 1, not 0").doesNotContain("INFO");
  }

  @Test
  void withoutACommandTheScriptsExplainThemselves() throws Exception {
    for (String script : List.of("standalone.sh", "yarn.sh", "kubernetes.sh")) {
      assertThat(run(script).exitCode()).isEqualTo(2);
      assertThat(run(script, "--help").out()).contains("submit/" + script, "--dry-run", "--gpus N");
    }
  }

  private Result run(String script, String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("submit/" + script));
    command.addAll(List.of(words));
    Path err = temp.resolve("err");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
    builder.environment().putAll(Map.of("SPARK_HOME", SPARK_HOME, "HADOOP_CONF_DIR", temp.toString()));
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes());
    return new Result(process.waitFor(), out, Files.readString(err));
  }
}
