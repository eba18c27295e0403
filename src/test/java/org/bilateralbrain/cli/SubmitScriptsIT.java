package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The command lines with which the scripts for clusters call spark-submit. */
class SubmitScriptsIT extends SubmitFixture {

  @Test
  void standaloneSubmitsTheJarWithSettingsThatSuitLongTasks() throws Exception {
    Result result = run("standalone.sh --dry-run --master spark://h:7077 run conf/quickstart.conf");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .startsWith(environment.get("SPARK_HOME") + "/bin/spark-submit --master spark://h:7077")
        .contains("--deploy-mode client")
        .contains(
            "spark.speculation=false",
            "spark.decommission.enabled=true",
            "spark.task.reaper.enabled=true",
            "spark.task.cpus=1")
        .containsPattern("bilateral-sweep-[0-9.]+-all.jar run conf/quickstart.conf");
  }

  @Test
  void kubernetesRunsTheJarOfItsImage() throws Exception {
    Result result =
        run(
            "kubernetes.sh --dry-run --executors 3 --s3 --master k8s://https://h:6443 --image r/b:1"
                + " status conf/quickstart.conf");

    assertThat(result.out())
        .contains("--deploy-mode cluster", "spark.kubernetes.container.image=r/b:1")
        .contains("--packages org.apache.hadoop:hadoop-aws:3.3.4")
        .contains(
            "local:///opt/bilateral/bilateral-sweep-all.jar status /opt/spark/conf/sweep-1.conf");
  }

  @Test
  void memoryOutsideTheHeapFollowsTheConfigurationAndTheNumberOfTasks() throws Exception {
    int small = overheadMib("run conf/quickstart.conf");
    int large =
        overheadMib(
            "run conf/quickstart.conf --set bilateral.hemisphere.width=64"
                + " --set bilateral.hemisphere.batch-size=256");

    assertThat(small).isBetween(512 + 4 * 381, 512 + 4 * 700);
    assertThat(large).isBetween(512 + 4 * 1500, 512 + 4 * 2500);
  }

  @Test
  void anAllocationFailsBeforeTheClusterKillsTheExecutorForItsMemory() throws Exception {
    Result result =
        run(
            "yarn.sh --dry-run --executors 1 --executor-cores 2 --heap 2 --native 720"
                + " run conf/quickstart.conf");

    assertThat(result.out())
        .contains(
            "spark.executor.memory=2g ",
            "spark.executor.memoryOverhead=1952m") // 4000 MiB for the container
        .contains("-Dorg.bytedeco.javacpp.maxphysicalbytes=3400m");
  }

  @Test
  void gpusAreAssignedToTasksAndRequired() throws Exception {
    Result result =
        run("yarn.sh --dry-run --executors 2 --gpus 4 --native 100 run conf/quickstart.conf");

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
    String wide = " conf/quickstart.conf --set bilateral.hemisphere.width=64";

    assertThat(overheadMib("analyse" + wide)).isEqualTo(overheadMib("run" + wide));
    assertThat(run("yarn.sh --dry-run --executors 2 --gpus 1 analyse conf/quickstart.conf").out())
        .contains("--set bilateral.require-gpu=true");
  }

  @Test
  void anInvalidConfigurationIsExplainedAndNothingIsSubmitted() throws Exception {
    String line =
        "yarn.sh --executors 1 run conf/quickstart.conf --set bilateral.hemisphere.width=0";
    Result result = run(line);

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .contains("bilateral.hemisphere.width must be an integer of at least 1, not 0")
        .doesNotContain("INFO");
  }

  @Test
  void anErrorInArithmeticSubmitsNothing() throws Exception {
    Path copies = Files.createDirectories(temp.resolve("submit"));
    for (String file :
        List.of(
            "common.bash",
            "options.bash",
            "cluster.bash",
            "standalone.sh",
            "yarn.sh",
            "kubernetes.sh")) {
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
      Result result =
          run(copies + "/" + script + " --dry-run --executors 1 --heap 09 report --help");
      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.out()).isEmpty();
      assertThat(result.err()).contains("09: value too great for base");
    }
  }

  private int overheadMib(String command) throws Exception {
    String line = run("yarn.sh --dry-run --executors 2 --executor-cores 4 " + command).out();
    return Integer.parseInt(line.replaceAll("(?s).*spark.executor.memoryOverhead=(\\d+)m.*", "$1"));
  }
}
