package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run on this machine with what its build or Spark's local mode doesn't have. */
@Timeout(120)
class EngineNotThereIT {

  @TempDir Path temp;

  @Test
  void aGpuCannotBeRequiredWhereSparkAssignsNone() throws Exception {
    assertThat(refusal("", "bilateral.require-gpu=true"))
        .isEqualTo(
            "require-gpu is set, but Spark assigns GPUs only on a cluster: use submit/standalone.sh, yarn.sh, kubernetes.sh or"
                + " slurm.sh with --gpus (submit/standalone.sh --help says how to start a cluster on this machine)");
  }

  /** As in a build with -Pcuda. */
  @Test
  void aBuildWithoutLibtorchNamesTheBuildThatHasIt() throws Exception {
    assertThat(refusal("pytorch-.*-linux-.*", "bilateral.engine=torch"))
        .matches(
            "The engine torch can't be loaded: this build has no native libraries of libtorch for linux-x86_64: build it with"
                + " mvn package, or for GPUs with mvn -Ptorch-cuda package");
  }

  /** The last line of a run that fails in one. */
  private String refusal(String withoutJars, String setting)
      throws IOException, InterruptedException {
    String classPath =
        Arrays.stream(System.getProperty("surefire.test.class.path").split(":", -1))
            .filter(jar -> !Path.of(jar).getFileName().toString().matches(withoutJars))
            .collect(Collectors.joining(":"));
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    line.add("@submit/java17.flags");
    line.addAll(List.of("-Xmx256m", "-Dspark.master=local[1]", "-Dspark.ui.enabled=false"));
    line.addAll(List.of("-Dspark.driver.host=localhost", "-cp", classPath));
    line.addAll(List.of("org.bilateralbrain.cli.Main", "run", "conf/quickstart.conf"));
    line.addAll(List.of("--set", "bilateral.store=" + temp.resolve("store"), "--set", setting));
    Path err = temp.resolve("err");
    Process process = new ProcessBuilder(line).redirectError(err.toFile()).start();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEmpty();
    assertThat(process.waitFor()).isEqualTo(2);
    List<String> lines = Files.readAllLines(err);
    assertThat(lines.subList(0, lines.size() - 1))
        .allMatch(text -> text.startsWith("Sweep quickstart") || text.startsWith("Looking for"));
    return lines.get(lines.size() - 1);
  }
}
