package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program as a user runs it: submit/local.sh with the packaged jar, in a process of its own.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LocalScriptIT {

  private static final String TINY =
      """
      bilateral {
        name = tiny
        data.synthetic { train-images = 400, test-images = 100 }
        grid.seeds = [0, 1, 2]
        hemisphere { width = 2, epochs = 2, batch-size = 50, learning-rate = 3e-3 }
        heads { epochs = 2, batch-size = 50, learning-rate = 3e-3 }
      }
      """;

  @TempDir Path temp;
  private Path conf;

  @BeforeEach
  void write() throws IOException {
    conf = Files.writeString(temp.resolve("tiny.conf"), TINY);
  }

  @Test
  void runPrintsTheTableAndASummaryOnStdoutAndProgressOnStderr() throws Exception {
    Process process = start("run");
    List<String> out = lines(process.inputReader());

    assertThat(process.waitFor()).isZero();
    assertThat(out.get(0)).startsWith("| model").contains("fine %");
    assertThat(out.get(out.size() - 1))
        .matches("15 jobs: 15 trained, 0 reused, 0 failed, 0 blocked in \\d+ s");
    assertThat(Files.readString(temp.resolve("stderr")))
        .contains("Sweep tiny, results in")
        .contains("done")
        .doesNotContain("epoch", "\033");
    assertThat(summaryOf("run")).startsWith("15 jobs: 0 trained, 15 reused");
    assertThat(summaryOf("status"))
        .startsWith("15 jobs: 0 waiting, 0 running, 0 trained, 15 reused");
  }

  @Test
  void anInterruptedRunKeepsItsFinishedNetworksAndTheNextOneResumes() throws Exception {
    Process process = start("run");
    Path stderr = temp.resolve("stderr");
    while (process.isAlive() && !Files.readString(stderr).contains(" done ")) {
      process.waitFor(50, TimeUnit.MILLISECONDS);
    }
    process.destroy(); // SIGTERM is handled like Ctrl-C
    process.waitFor();

    assertThat(process.exitValue()).isEqualTo(128 + 15);
    assertThat(Files.readString(stderr))
        .contains("Interrupted. Finished networks are kept in the store")
        .doesNotContain("Exception");
    String summary = summaryOf("run");
    assertThat(summary)
        .startsWith("15 jobs: ")
        .contains("0 failed, 0 blocked")
        .doesNotContain(" 15 trained");
  }

  @Test
  void aFailedJobMakesTheExitCode1() throws Exception {
    Process process =
        start(
            "run",
            "--set",
            "bilateral.hemisphere.learning-rate=1e38",
            "--set",
            "bilateral.grid.seeds=[0]");
    List<String> out = lines(process.inputReader());

    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(out.get(out.size() - 1))
        .startsWith("5 jobs: 0 trained, 0 reused, 2 failed, 3 blocked");
  }

  @Test
  void aJobThatNeedsMoreMemoryThanAvailableFailsWithThatReasonAndNoOtherDoes() throws Exception {
    Process process =
        start(
            Map.of("BILATERAL_MEMORY_GIB", "2", "BILATERAL_TASKS", "1"),
            "run",
            "--set",
            "bilateral.grid.seeds=[0]",
            "--set",
            "bilateral.grid.models=[unilateral-fine]",
            "--set",
            "bilateral.grid.variants={ small {}, large { left { width = 64, batch-size = 500 } }, huge { left { width = 64, batch-size = 900 } } }",
            "--set",
            "bilateral.data.synthetic.train-images=1000");
    List<String> out = lines(process.inputReader());

    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(out.get(out.size() - 1))
        .startsWith("3 jobs: 1 trained, 0 reused, 2 failed, 0 blocked");
    assertThat(Files.readString(temp.resolve("stderr")))
        .containsPattern(
            "FAILED +fine hemisphere, resnet9 width 64, seed 0 \\(large\\): out of memory .*physicalBytes.*: use a smaller batch-size")
        .containsPattern(
            "FAILED +fine hemisphere, resnet9 width 64, seed 0 \\(huge\\): out of memory .it takes .*: use a smaller batch-size");
  }

  @Test
  void moreThreadsPerTaskThanCoresAreRefusedBeforeAnythingStarts() throws Exception {
    Process process =
        start(Map.of("JAVA_OPTS", "-Dspark.master=local[2] -Dspark.task.cpus=3"), "run");

    assertThat(lines(process.inputReader())).isEmpty();
    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(Files.readString(temp.resolve("stderr")))
        .contains("Spark can't run with these settings: ")
        .contains("cpus per task = 3");
  }

  @Test
  void testingASweepThatWasNeverRunSaysSoAndWritesNothing() throws Exception {
    Process process = start("test");
    List<String> out = lines(process.inputReader());

    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(out).isEmpty();
    assertThat(Files.readString(temp.resolve("stderr")).lines())
        .containsExactly(
            "None of the networks of tiny is in file:" + temp.resolve("store") + "; run it first");
    assertThat(temp.resolve("store")).doesNotExist();
  }

  @Test
  void aLocaleWithOtherDigitsDoesNotReachLibraries() throws Exception {
    // picocli formats this warning in the default locale.
    String options = "-Duser.language=fa -Duser.country=IR -Dpicocli.usage.width=10";
    Process process = start(Map.of("JAVA_OPTS", options), "status", "--help");

    assertThat(lines(process.inputReader())).isNotEmpty();
    assertThat(process.waitFor()).isZero();
    assertThat(Files.readString(temp.resolve("stderr")))
        .contains("Invalid picocli.usage.width value 10.");
  }

  private String summaryOf(String command) throws Exception {
    Process process = start(command);
    List<String> out = lines(process.inputReader());
    assertThat(process.waitFor()).isZero();
    return out.get(out.size() - 1);
  }

  private Process start(String command, String... more) throws IOException {
    return start(Map.of(), command, more);
  }

  private Process start(Map<String, String> environment, String command, String... more)
      throws IOException {
    List<String> words = new ArrayList<>(List.of("submit/local.sh", command, conf.toString()));
    words.addAll(List.of("--set", "bilateral.store=" + temp.resolve("store")));
    words.addAll(List.of(more));
    ProcessBuilder script =
        new ProcessBuilder(words).redirectError(temp.resolve("stderr").toFile());
    script.environment().putAll(environment);
    return script.start();
  }

  private static List<String> lines(BufferedReader reader) {
    return reader.lines().toList();
  }
}
