package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The batch script that submit/slurm.sh makes, and what it refuses to submit; {@code ci/cluster.sh
 * slurm} runs jobs of a real Slurm.
 */
class SubmitSlurmIT extends SubmitFixture {

  private static final String JOB = "slurm.sh --nodes 4 --time 24:00:00 ";
  private static final String QUICKSTART = "run conf/quickstart.conf";

  /** Puts a program named sbatch before all others on the PATH. */
  private void useSbatch(String shell) throws IOException {
    Path program = Files.createDirectories(temp.resolve("bin")).resolve("sbatch");
    Files.writeString(program, "#!/bin/sh\n" + shell + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    environment.put("PATH", program.getParent() + ":" + System.getenv("PATH"));
  }

  /** Spares a start of Java where only the script's own work counts. */
  private void useQuickAnswer(String answer) throws IOException {
    useSparkSubmit("echo \"" + answer + "\"");
  }

  @Test
  void theBatchScriptAsksForNodesThatHoldAnExecutorEachAndForAnEarlySignal() throws Exception {
    Result result =
        run(
            JOB
                + "--partition long --account lab --qos high --executor-cores 8 --heap 2 --native 100 --driver-heap 1"
                + " --dry-run "
                + QUICKSTART);

    assertThat(result.exitCode()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .startsWith("#!/usr/bin/env bash\n#SBATCH --")
        .contains(
            "#SBATCH --nodes=4\n",
            "#SBATCH --ntasks-per-node=1\n",
            "#SBATCH --cpus-per-task=8\n",
            // heap, 512 and 8 x 100 beside it; the driver's heap and 512; 1024 for the daemons
            "#SBATCH --mem=%sM\n".formatted(2048 + 512 + 800 + 1024 + 512 + 1024),
            "#SBATCH --time=24:00:00\n",
            "#SBATCH --signal=B:TERM@600\n",
            "#SBATCH --output=slurm-%j.out\n",
            "#SBATCH --open-mode=append\n",
            "#SBATCH --partition=long\n",
            "#SBATCH --account=lab\n",
            "#SBATCH --qos=high\n",
            "#SBATCH --requeue\n",
            "export SPARK_HOME=" + environment.get("SPARK_HOME") + "\n")
        .containsPattern("\nrun_in_allocation .*-all.jar run conf/quickstart.conf\n$")
        .doesNotContain("gpus-per-node", "array", "secret");
  }

  @Test
  void theBatchScriptIsValidBash() throws Exception {
    useQuickAnswer("100 dl4j a folder's runs");
    List<String> line = new ArrayList<>(List.of((JOB + "--dry-run " + QUICKSTART).split(" ")));
    line.addAll(List.of("--set", "bilateral.name=with 'quotes' and $(blanks)"));
    Path script = temp.resolve("script");
    Files.writeString(script, run(line).out());

    assertThat(new ProcessBuilder("bash", "-n", script.toString()).start().waitFor()).isZero();
    assertThat(script)
        .content()
        .contains("store=a\\ folder\\'s\\ runs\n")
        .contains("bilateral.name=with\\ \\'quotes\\'\\ and\\ \\$\\(blanks\\)");
  }

  @Test
  void gpusAreAskedForOnEachNodeAndRequiredByTasks() throws Exception {
    useQuickAnswer("100 dl4j runs");

    assertThat(run(JOB + "--gpus-per-node 4 --dry-run " + QUICKSTART).out())
        .contains("#SBATCH --gpus-per-node=4\n", "\ngpus=4\n", "\nengine=dl4j\n")
        .contains("spark.executor.resource.gpu.amount=4", "spark.task.resource.gpu.amount=1")
        .contains("--set bilateral.require-gpu=true");
    assertThat(refusal(JOB + "--gpus-per-node 8 run c"))
        .isEqualTo(
            "slurm.sh: --gpus-per-node 8 needs 8 tasks of --task-cpus 1, but --executor-cores is 4\n");
    assertThat(refusal(JOB + "--gpus 8 run c"))
        .isEqualTo("slurm.sh: there is no option --gpus; see --help\n");
  }

  @Test
  void aJobCanEndAtItsTimeLimit() throws Exception {
    useQuickAnswer("100 dl4j runs");

    assertThat(run(JOB + "--no-requeue --dry-run " + QUICKSTART).out())
        .contains("#SBATCH --no-requeue\n", "\nrequeue=false\n")
        .doesNotContain("#SBATCH --requeue");
  }

  @ParameterizedTest
  @CsvSource({
    "90, 5400",
    "90:30, 5430",
    "1:02:03, 3723",
    "024:00:00, 86400",
    "2-12, 216000",
    "2-12:30, 217800",
    "0-00:00:08, 8",
  })
  void theTimeHasSbatchsForms(String time, int seconds) throws Exception {
    useQuickAnswer("100 dl4j runs");
    String script = run("slurm.sh --nodes 1 --dry-run --time " + time + " " + QUICKSTART).out();

    assertThat(script)
        .contains("#SBATCH --time=%s\n".formatted(time), "limit_s=%s\n".formatted(seconds));
    assertThat(script)
        .contains("signal=B:TERM@%s\n".formatted(Math.max(60, Math.min(600, seconds / 10))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0:00:00", "24h", "1:2:3:4", "1-", "1-2:3:4:5", "2.5", "unlimited"})
  void aMalformedTimeIsRefused(String time) throws Exception {
    useSparkSubmit("echo spark-submit was started");

    assertThat(refusal("slurm.sh --nodes 1 --time " + time + " run c"))
        .startsWith("slurm.sh: --time must be ")
        .endsWith(", not '%s'\n".formatted(time));
  }

  @Test
  void nodesAndTimeAreRequiredAndExecutorsFollowFromThem() throws Exception {
    assertThat(refusal("slurm.sh --time 90 run c"))
        .isEqualTo("slurm.sh: --nodes must say how many nodes to ask for\n");
    assertThat(refusal("slurm.sh --nodes 1 run c")).contains("--time must say how long");
    assertThat(refusal("slurm.sh --nodes 0 --time 90 run c"))
        .contains("--nodes must be a whole number from 1 to 999999, not '0'");
    assertThat(refusal(JOB + "--executors 3 run c")).contains("--executors is no option here");
  }

  @Test
  void withoutSbatchNothingIsSubmitted() throws Exception {
    Path programs = Files.createDirectories(temp.resolve("bin"));
    for (String program : List.of("bash", "dirname", "readlink", "basename")) {
      Files.createSymbolicLink(programs.resolve(program), Path.of("/usr/bin", program));
    }
    environment.put("PATH", programs.toString());

    assertThat(refusal(JOB + QUICKSTART))
        .isEqualTo(
            "slurm.sh: there is no sbatch on the PATH: run this where Slurm jobs are submitted\n");
  }

  @Test
  void sparkHomeIsNeededBecauseTheNodesUseIt() throws Exception {
    environment.put("SPARK_HOME", "");

    assertThat(refusal(JOB + "--dry-run run c"))
        .contains("SPARK_HOME must name an installation of Spark 3.5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/tmp/runs", "file:/tmp/runs", "file:///var/tmp/a/b", "/dev/shm/runs"})
  void aStoreThatEachNodeHasForItselfIsRefused(String store) throws Exception {
    useSbatch("echo sbatch was started");
    useQuickAnswer("100 dl4j " + store);

    assertThat(refusal(JOB + QUICKSTART))
        .isEqualTo(
            "slurm.sh: the store %s is in a folder that each node has for itself: set bilateral.store to one on a shared file system\n"
                .formatted(store));
  }

  @Test
  void aStoreOnAnotherFileSystemIsNotLookedAt() throws Exception {
    assertThat(run(JOB + "--dry-run " + QUICKSTART + " --set bilateral.store=hdfs://h/tmp/r").out())
        .contains("store=hdfs://h/tmp/r\n");
  }

  @Test
  void whatSbatchRefusesComesThroughInOneLine() throws Exception {
    useQuickAnswer("100 dl4j runs");
    useSbatch(
        "cat >/dev/null; echo 'sbatch: error: Look at the quota' >&2;"
            + " echo 'sbatch: error: Batch job submission failed: Invalid account' >&2; exit 1");

    assertThat(refusal(JOB + "--account nobody " + QUICKSTART))
        .isEqualTo(
            "slurm.sh: sbatch refused the job: Look at the quota; Batch job submission failed: Invalid account\n");
  }

  @Test
  void theSubmissionSaysWhereTheOutputIsAndHowToCancel() throws Exception {
    useQuickAnswer("100 dl4j runs");
    Path submitted = temp.resolve("submitted");
    useSbatch("cat >%s; env >%s.env; echo '42;cluster'".formatted(submitted, submitted));
    environment.put("SLURM_MEM_PER_CPU", "1"); // as within another job
    environment.put("SBATCH_TIMELIMIT", "1");

    Result result = run(JOB + QUICKSTART);

    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .contains("Submitted job 42.", Path.of("slurm-42.out").toAbsolutePath().toString())
        .contains("squeue --job 42; tail -F slurm-42.out", "scancel 42");
    assertThat(submitted).hasContent(run(JOB + "--dry-run " + QUICKSTART).out());
    assertThat(Files.readString(Path.of(submitted + ".env")))
        .doesNotContain("SLURM_MEM_PER_CPU", "SBATCH_TIMELIMIT");
  }

  @Test
  void helpSaysThatTheStoreMustBeShared() throws Exception {
    assertThat(run("slurm.sh --help").out())
        .contains("--gpus-per-node N    GPUs per node", "--no-requeue", "--executor-cores N")
        .contains("they must be on a shared file system")
        .doesNotContain("--executors N", "--gpus N");
  }
}
