package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the scripts for clusters learn from the program about a command's configuration, and the
 * native libraries that they ship therefore.
 */
class SubmitEnginesIT extends SubmitFixture {

  @Test
  void ifTheMemoryOrTheEngineIsUnknownNothingIsSubmitted() throws Exception {
    String line = "yarn.sh --executors 1 --dry-run run conf/quickstart.conf";

    useSparkSubmit("exit 1");
    assertThat(refusal(line)).contains("spark-submit failed");
    useSparkSubmit("echo no such class >&2; exit 1");
    assertThat(refusal(line)).isEqualTo("no such class\n");
    useSparkSubmit("echo 100");
    assertThat(refusal(line))
        .contains("asked for the networks' memory and the engine")
        .endsWith("printed '100'\n");
    useSparkSubmit("true");
    assertThat(refusal(line)).endsWith("printed ''\n");
    useSparkSubmit("echo OpenJDK warning: something; echo 0100 dl4j");
    assertThat(run(line).out()).contains("spark.executor.memoryOverhead=912m");
  }

  @Test
  void onlyTheNativeLibrariesOfTheConfigurationsEngineAreShipped() throws Exception {
    Path build =
        useBuild("dl4j/nd4j.jar", "dl4j/openblas.jar", "torch/openblas.jar", "torch/pytorch.jar");
    useSparkSubmit("echo 100 torch");

    assertThat(run("yarn.sh --dry-run --executors 1 --native 7 run c").out())
        .contains(
            "--jars %1$s/engines/torch/openblas.jar\\,%1$s/engines/torch/pytorch.jar "
                .formatted(build))
        .contains("spark.executor.memoryOverhead=540m"); // 512 and four tasks of 7
    useSparkSubmit("echo 100 dl4j");
    assertThat(run("standalone.sh --dry-run --master spark://h analyse c").out())
        .contains(
            "--jars %1$s/engines/dl4j/nd4j.jar\\,%1$s/engines/dl4j/openblas.jar ".formatted(build));
  }

  @Test
  void kubernetesTakesTheNativeLibrariesFromItsImage() throws Exception {
    useBuild("torch/openblas.jar", "torch/pytorch.jar");
    useSparkSubmit("echo 100 torch");

    assertThat(run("kubernetes.sh --dry-run --master k8s://h --image i --executors 1 run c").out())
        .contains(
            "--jars local:///opt/bilateral/engines/torch/openblas.jar\\,"
                + "local:///opt/bilateral/engines/torch/pytorch.jar ");
  }

  @Test
  void anExportNeedsDl4jsLibrariesWhateverTrainedTheNetworks() throws Exception {
    Path build = useBuild("dl4j/nd4j.jar", "torch/pytorch.jar");
    useSparkSubmit("echo spark-submit was started");

    assertThat(run("yarn.sh --dry-run --executors 1 export c --format dl4j --target t").out())
        .contains("--jars " + build + "/engines/dl4j/nd4j.jar ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"status c", "report c", "plan c", "gc c", "run --help"})
  void aCommandThatComputesNothingShipsNothing(String command) throws Exception {
    useBuild();
    useSparkSubmit("echo spark-submit was started");

    assertThat(run("yarn.sh --dry-run --executors 1 " + command).out())
        .contains(" " + command)
        .doesNotContain("--jars");
  }

  @ParameterizedTest
  @CsvSource({"0.5, 2, 0.500000", "0.33, 3, 0.333333", "0.1667, 6, 0.166666", "1.0, 1, 1"})
  void severalTasksShareAGpu(String share, int tasksPerGpu, String amount) throws Exception {
    useBuild("torch/pytorch.jar");
    useSparkSubmit("echo 100 torch");

    assertThat(
            run("yarn.sh --dry-run --executors 1 --executor-cores 12 --gpus 2 --gpu-share "
                    + share
                    + " run c")
                .out())
        .contains("spark.executor.resource.gpu.amount=2 ")
        .contains("spark.task.resource.gpu.amount=" + amount + " ")
        .contains("spark.executor.memoryOverhead=%sm".formatted(512 + 2 * tasksPerGpu * 2048));
  }

  @Test
  void onlyLibtorchCanGiveATaskAPartOfAGpu() throws Exception {
    useBuild("dl4j/nd4j.jar");
    useSparkSubmit("echo 100 dl4j");

    assertThat(refusal("yarn.sh --executors 1 --gpus 2 --gpu-share 0.5 run c"))
        .isEqualTo(
            "yarn.sh: --gpu-share 0.5 needs bilateral.engine = torch: with the engine dl4j, tasks can't be given a part"
                + " of a GPU's memory\n");
  }

  @Test
  void executorsThatUseLibtorchGetItsEnvironmentAndTheUsersValuesWin() throws Exception {
    useBuild("dl4j/nd4j.jar", "torch/pytorch.jar");
    useSparkSubmit("echo 100 torch");
    environment.put("MALLOC_TOP_PAD_", "77");

    assertThat(run("yarn.sh --dry-run --executors 1 run c").out())
        .contains(
            "spark.executorEnv.MALLOC_MMAP_THRESHOLD_=1073741824 ",
            "spark.executorEnv.MALLOC_TRIM_THRESHOLD_=4294967296 ",
            "spark.executorEnv.MALLOC_TOP_PAD_=77 ")
        .doesNotContain("CUBLAS");
    assertThat(run("yarn.sh --dry-run --executors 1 --gpus 1 run c").out())
        .contains("spark.executorEnv.CUBLAS_WORKSPACE_CONFIG=:4096:8 ")
        .contains("spark.executorEnv.BILATERAL_ENGINE=torch ");
    useSparkSubmit("echo 100 dl4j");
    assertThat(run("yarn.sh --dry-run --executors 1 --gpus 1 run c").out())
        .contains("spark.executorEnv.BILATERAL_ENGINE=dl4j ")
        .doesNotContain("MALLOC", "CUBLAS");
  }

  @Test
  void aBuildWithoutTheEngineIsReportedInOneLine() throws Exception {
    Path build = useBuild("dl4j/nd4j.jar");
    useSparkSubmit("echo 100 torch");

    assertThat(refusal("yarn.sh --executors 1 run c"))
        .isEqualTo(
            "yarn.sh: there is no %s/engines/torch with the engine's native libraries: build it with mvn -q"
                + " -Dmaven.test.skip=true package (-Pcuda or -Ptorch-cuda for GPUs)\n",
            build);
  }
}
