package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The scripts for clusters, up to the command line that they would run; ci/cluster.sh really runs
 * one.
 */
@Timeout(120)
class SubmitScriptsIT {

  private static final String SPARK_HOME =
      Path.of("target/spark-scripts").toAbsolutePath().toString();

  @TempDir Path temp;

  /** What a script printed and how it ended. */
  private record Result(int exitCode, String out, String err) {}

  @BeforeAll
  static void makeSparkHome() throws Exception {
    assertThat(new ProcessBuilder("ci/spark-home.sh", SPARK_HOME).inheritIO().start().waitFor())
        .isZero();
  }

  @Test
  void standaloneSubmitsTheJarWithSettingsThatSuitLongTasks() throws Exception {
    Result result =
        run(
            "standalone.sh",
            "--dry-run",
            "--master",
            "spark://h:7077",
            "run",
            "conf/quickstart.conf");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .startsWith(SPARK_HOME + "/bin/spark-submit --master spark://h:7077 --deploy-mode client")
        .contains("spark.speculation=false", "spark.task.reaper.enabled=true", "spark.task.cpus=1")
        .containsPattern("bilateral-sweep-[0-9.]+-all.jar run conf/quickstart.conf");
  }

  @Test
  void memoryOutsideTheHeapFollowsTheConfigurationAndTheNumberOfTasks() throws Exception {
    int small = overheadMib("run", "conf/quickstart.conf");
    int large =
        overheadMib(
            "run",
            "conf/quickstart.conf",
            "--set",
            "bilateral.hemisphere.width=64",
            "--set",
            "bilateral.hemisphere.batch-size=256");

    assertThat(small).isBetween(512 + 4 * 381, 512 + 4 * 700);
    assertThat(large).isBetween(512 + 4 * 1500, 512 + 4 * 2500);
  }

  @Test
  void anAllocationFailsBeforeTheClusterKillsTheExecutorForItsMemory() throws Exception {
    Result result =
        run(
            "yarn.sh",
            "--dry-run",
            "--executors",
            "1",
            "--executor-cores",
            "2",
            "--heap",
            "2",
            "--native",
            "720",
            "run",
            "c");

    assertThat(result.out())
        .contains(
            "spark.executor.memory=2g ",
            "spark.executor.memoryOverhead=1952m") // 4000 MiB for the container
        .contains("-Dorg.bytedeco.javacpp.maxphysicalbytes=3400m");
  }

  private int overheadMib(String... command) throws Exception {
    List<String> words =
        new ArrayList<>(List.of("--dry-run", "--executors", "2", "--executor-cores", "4"));
    words.addAll(List.of(command));
    String line = run("yarn.sh", words.toArray(String[]::new)).out();
    return Integer.parseInt(line.replaceAll("(?s).*spark.executor.memoryOverhead=(\\d+)m.*", "$1"));
  }

  @Test
  void gpusAreAssignedToTasksAndRequired() throws Exception {
    Result result =
        run(
            "yarn.sh",
            "--dry-run",
            "--executors",
            "2",
            "--gpus",
            "4",
            "--native",
            "100",
            "run",
            "conf/quickstart.conf");

    assertThat(result.out())
        .contains("spark.executor.resource.gpu.amount=4", "spark.task.resource.gpu.amount=1")
        .contains(
            "submit/gpu-discovery.sh",
            "spark.executor.resource.gpu.discoveryScript=./gpu-discovery.sh")
        .contains("spark.executor.memoryOverhead=912m")
        .contains("--set bilateral.require-gpu=true");
  }

  @Test
  void analysingNeedsTheMemoryAndTheGpusThatTrainingNeeds() throws Exception {
    assertThat(
            overheadMib(
                "analyse", "conf/quickstart.conf", "--set", "bilateral.hemisphere.width=64"))
        .isEqualTo(
            overheadMib("run", "conf/quickstart.conf", "--set", "bilateral.hemisphere.width=64"));
    Result result =
        run(
            "yarn.sh",
            "--dry-run",
            "--executors",
            "2",
            "--gpus",
            "1",
            "--native",
            "100",
            "analyse",
            "conf/quickstart.conf");
    assertThat(result.out()).contains("--set bilateral.require-gpu=true");
  }

  @Test
  void kubernetesRunsTheJarOfItsImage() throws Exception {
    Result result =
        run(
            "kubernetes.sh",
            "--dry-run",
            "--executors",
            "3",
            "--s3",
            "--master",
            "k8s://https://h:6443",
            "--image",
            "r/b:1",
            "--native",
            "1",
            "status",
            "conf/quickstart.conf");

    assertThat(result.out())
        .contains("--deploy-mode cluster", "spark.kubernetes.container.image=r/b:1")
        .contains("--packages org.apache.hadoop:hadoop-aws:3.3.4")
        .contains("local:///opt/bilateral/bilateral-sweep-all.jar status conf/quickstart.conf");
  }

  @Test
  void errorsAreReportedBeforeAnythingIsSubmitted() throws Exception {
    assertThat(run("standalone.sh", "run", "conf/quickstart.conf").err())
        .contains("--master must be the cluster's spark://host:port");
    assertThat(run("standalone.sh", "--mater", "x", "run", "c").err())
        .contains("there is no option --mater");
    assertThat(run("standalone.sh", "--gpus", "two", "run", "c").err())
        .contains("--gpus must be a whole number from 0 to 999999, not 'two'");
    assertThat(
            run("standalone.sh", "--executor-cores", "1", "--task-cpus", "2", "run", "c")
                .exitCode())
        .isEqualTo(2);
    assertThat(run("kubernetes.sh", "--master", "k8s://https://h", "run", "c").err())
        .contains("--image must name an image");
    assertThat(run("yarn.sh", "run", "conf/quickstart.conf").err())
        .contains("--executors must say how many");
    assertThat(run("yarn.sh", "--gpus", "8", "run", "c").err())
        .contains("--gpus 8 needs as many tasks");
    Result wrong =
        run(
            "yarn.sh",
            "--dry-run",
            "--executors",
            "1",
            "run",
            "conf/quickstart.conf",
            "--set",
            "bilateral.hemisphere.width=0");
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.err())
        .contains("bilateral.hemisphere.width must be an integer of at least 1, not 0")
        .doesNotContain("INFO");
  }

  @Test
  void leadingZerosDoNotMakeANumberOctal() throws Exception {
    Result result =
        run(
            "yarn.sh",
            "--dry-run",
            "--executors",
            "09",
            "--executor-cores",
            "010",
            "--task-cpus",
            "02",
            "--heap",
            "09",
            "--driver-heap",
            "08",
            "--native",
            "0100",
            "run",
            "conf/quickstart.conf");

    assertThat(result.exitCode()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .contains(
            "--num-executors 9 ",
            "spark.executor.cores=10 ",
            "spark.task.cpus=2 ",
            "OMP_NUM_THREADS=2 ")
        .contains(
            "spark.executor.memory=9g ",
            "spark.driver.memory=8g ",
            "spark.executor.memoryOverhead=1012m");
    assertThat(
            run(
                    "standalone.sh",
                    "--dry-run",
                    "--master",
                    "spark://h:7077",
                    "--executors",
                    "08",
                    "--native",
                    "1",
                    "run",
                    "c")
                .out())
        .contains("spark.cores.max=32 ");
  }

  @ParameterizedTest
  @CsvSource({
    "--executors, 0",
    "--executors, ' '",
    "--executors, ''",
    "--executors, -1",
    "--executors, 1000000",
    "--executor-cores, 0",
    "--executor-cores, 4x",
    "--task-cpus, 0",
    "--task-cpus, ' 1'",
    "--heap, 0",
    "--heap, 2g",
    "--heap, 1.5",
    "--heap, 0x9",
    "--driver-heap, 0",
    "--driver-heap, two",
    "--native, 0",
    "--native, 99999999999999999999",
  })
  void anOptionThatIsNotAWholeNumberIsRefusedBeforeSparkStarts(String option, String value)
      throws Exception {
    assertThat(refusal("yarn.sh", "--executors", "1", option, value, "run", "conf/quickstart.conf"))
        .isEqualTo(
            "yarn.sh: %s must be a whole number from 1 to 999999, not '%s'\n", option, value);
  }

  @Test
  void anOptionDoesNotTakeTheNextOptionAsItsValue() throws Exception {
    assertThat(refusal("yarn.sh", "--executors", "1", "--queue", "--dry-run", "run", "c"))
        .contains("--queue needs a value");
    assertThat(refusal("kubernetes.sh", "--image", "--executors", "1", "run", "c"))
        .contains("--image needs a value");
    assertThat(refusal("kubernetes.sh", "--namespace", " ", "run", "c"))
        .contains("--namespace needs a value without blanks, not ' '");
    assertThat(refusal("standalone.sh", "--master")).contains("--master needs a value");
    assertThat(refusal("standalone.sh", "-n", "3", "run", "c")).contains("there is no option -n");
  }

  @Test
  void aSettingThatSparkWouldIgnoreIsRefused() throws Exception {
    assertThat(refusal("yarn.sh", "--executors", "1", "--conf", "bilateral.name=x", "run", "c"))
        .isEqualTo("yarn.sh: --conf needs spark.KEY=VALUE, not 'bilateral.name=x'\n");
  }

  @Test
  void ifTheNetworksMemoryIsUnknownNothingIsSubmitted() throws Exception {
    List<String> words = List.of("--executors", "1", "--dry-run", "run", "conf/quickstart.conf");

    assertThat(refusal("yarn.sh", submit("exit 1"), words)).contains("spark-submit failed");
    assertThat(refusal("yarn.sh", submit("echo no such class >&2; exit 1"), words))
        .isEqualTo("no such class\n");
    assertThat(refusal("yarn.sh", submit("echo nonsense"), words))
        .contains("printed 'nonsense' for the networks' memory: set it with --native");
    assertThat(refusal("yarn.sh", submit("true"), words))
        .contains("printed '' for the networks' memory");
    Result warned = run("yarn.sh", submit("echo OpenJDK warning: something; echo 0100"), words);
    assertThat(warned.out()).contains("spark.executor.memoryOverhead=912m");
  }

  @Test
  void anErrorInArithmeticSubmitsNothing() throws Exception {
    Path copies = Files.createDirectories(temp.resolve("submit"));
    for (String file :
        List.of("common.bash", "cluster.bash", "standalone.sh", "yarn.sh", "kubernetes.sh")) {
      Files.copy(Path.of("submit", file), copies.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
    }
    Files.writeString(
        copies.resolve("common.bash"),
        "whole_number() { :; }\n",
        StandardOpenOption.APPEND); // lets 09 pass
    Files.createFile(
        Files.createDirectories(temp.resolve("target")).resolve("bilateral-sweep-0-all.jar"));

    for (String script :
        List.of(
            "standalone.sh --master spark://h",
            "yarn.sh",
            "kubernetes.sh --master k8s://h --image i")) {
      List<String> words = new ArrayList<>(List.of(script.split(" ")));
      words.addAll(
          List.of("--dry-run", "--executors", "1", "--native", "1", "--heap", "09", "run", "c"));
      Result result = run(copies.resolve(words.remove(0)).toString(), Path.of(SPARK_HOME), words);
      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.out()).isEmpty();
      assertThat(result.err()).contains("09: value too great for base");
    }
  }

  /** The only line of a refusal. */
  private String refusal(String script, String... words) throws Exception {
    return refusal(script, submit("echo spark-submit was started"), List.of(words));
  }

  private String refusal(String script, Path sparkHome, List<String> words) throws Exception {
    Result result = run(script, sparkHome, words);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err().lines()).hasSize(1);
    return result.err();
  }

  /** Makes an installation of Spark with this spark-submit. */
  private Path submit(String shell) throws IOException {
    Path program = Files.createDirectories(temp.resolve("spark/bin")).resolve("spark-submit");
    Files.writeString(program, "#!/bin/sh\n" + shell + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return temp.resolve("spark");
  }

  @Test
  void withoutACommandTheScriptsPrintTheirUsage() throws Exception {
    for (String script : List.of("standalone.sh", "yarn.sh", "kubernetes.sh")) {
      assertThat(run(script).exitCode()).isEqualTo(2);
      assertThat(run(script, "--help").out()).contains("submit/" + script, "--dry-run", "--gpus N");
    }
  }

  private Result run(String script, String... words) throws IOException, InterruptedException {
    return run(script, Path.of(SPARK_HOME), List.of(words));
  }

  private Result run(String script, Path sparkHome, List<String> words)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Path.of("submit").resolve(script).toString()));
    command.addAll(words);
    Path err = temp.resolve("err");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
    builder
        .environment()
        .putAll(Map.of("SPARK_HOME", sparkHome.toString(), "HADOOP_CONF_DIR", temp.toString()));
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), out, Files.readString(err));
  }
}
