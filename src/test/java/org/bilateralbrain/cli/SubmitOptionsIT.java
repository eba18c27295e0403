package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Options that the scripts for clusters refuse before Spark starts, and how they read numbers. */
class SubmitOptionsIT extends SubmitFixture {

  @Test
  void errorsAreReportedBeforeAnythingIsSubmitted() throws Exception {
    useSparkSubmit("echo spark-submit was started");

    assertThat(refusal("standalone.sh run c"))
        .contains("--master must be the cluster's spark://host:port");
    assertThat(refusal("standalone.sh --mater x run c")).contains("there is no option --mater");
    assertThat(refusal("standalone.sh --gpus two run c"))
        .contains("--gpus must be a whole number from 0 to 999999, not 'two'");
    assertThat(refusal("standalone.sh --executor-cores 1 --task-cpus 2 run c"))
        .contains("--task-cpus 2 needs as many --executor-cores");
    assertThat(refusal("kubernetes.sh --master k8s://https://h run c"))
        .contains("--image must name an image");
    assertThat(refusal("yarn.sh run c")).contains("--executors must say how many");
    assertThat(refusal("yarn.sh --gpus 8 run c"))
        .contains("--gpus 8 needs 8 tasks of --task-cpus 1, but --executor-cores is 4");
  }

  @Test
  void leadingZerosDoNotMakeANumberOctal() throws Exception {
    Result result =
        run(
            "yarn.sh --dry-run --executors 09 --executor-cores 010 --task-cpus 02 --heap 09"
                + " --driver-heap 08 --native 0100 run conf/quickstart.conf");

    assertThat(result.exitCode()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .contains("--num-executors 9 ", "spark.executor.cores=10 ", "spark.task.cpus=2 ")
        .contains("OMP_NUM_THREADS=2 ", "spark.executor.memory=9g ", "spark.driver.memory=8g ")
        .contains("spark.executor.memoryOverhead=1012m");
    assertThat(run("standalone.sh --dry-run --master spark://h:1 --executors 08 report c").out())
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
    useSparkSubmit("echo spark-submit was started");

    assertThat(refusal(List.of("yarn.sh", "--executors", "1", option, value, "run", "c")))
        .isEqualTo(
            "yarn.sh: %s must be a whole number from 1 to 999999, not '%s'\n", option, value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0.4", "0.9", "1.5", "2", "-1", "1e-1", "0,5", "half"})
  void aShareOfAGpuIsOneDividedByAWholeNumber(String value) throws Exception {
    useSparkSubmit("echo spark-submit was started");

    assertThat(
            refusal(
                List.of("yarn.sh", "--executors", "1", "--gpus", "1", "--gpu-share", value, "run")))
        .isEqualTo(
            "yarn.sh: --gpu-share must be 1 or 1 divided by a whole number, such as 0.5, 0.33 or 0.25, not '%s'\n",
            value);
  }

  @Test
  void sharesOfGpusNeedGpusAndACoreForEachTask() throws Exception {
    useSparkSubmit("echo spark-submit was started");

    assertThat(refusal("yarn.sh --executors 1 --gpu-share 0.5 run c"))
        .isEqualTo("yarn.sh: --gpu-share needs --gpus\n");
    assertThat(refusal("yarn.sh --executors 1 --gpus 2 --gpu-share 0.25 run c"))
        .isEqualTo(
            "yarn.sh: --gpus 2 with --gpu-share 0.25 needs 8 tasks of --task-cpus 1, but --executor-cores is 4\n");
    assertThat(
            refusal(
                "yarn.sh --executors 1 --executor-cores 8 --task-cpus 2 --gpus 2 --gpu-share .25 run c"))
        .contains("needs 8 tasks of --task-cpus 2");
  }

  @Test
  void anOptionDoesNotTakeTheNextOptionAsItsValue() throws Exception {
    useSparkSubmit("echo spark-submit was started");

    assertThat(refusal("yarn.sh --executors 1 --queue --dry-run run c"))
        .contains("--queue needs a value");
    assertThat(refusal("kubernetes.sh --image --executors 1 run c"))
        .contains("--image needs a value");
    assertThat(refusal(List.of("kubernetes.sh", "--namespace", " ", "run", "c")))
        .contains("--namespace needs a value without blanks, not ' '");
    assertThat(refusal("standalone.sh --master")).contains("--master needs a value");
    assertThat(refusal("standalone.sh -n 3 run c")).contains("there is no option -n");
  }

  @Test
  void aSettingThatSparkWouldIgnoreIsRefused() throws Exception {
    assertThat(refusal("yarn.sh --executors 1 --conf bilateral.name=x run c"))
        .isEqualTo("yarn.sh: --conf needs spark.KEY=VALUE, not 'bilateral.name=x'\n");
  }

  @Test
  void withoutACommandTheScriptsPrintTheirUsage() throws Exception {
    for (String script : List.of("standalone.sh", "yarn.sh", "kubernetes.sh")) {
      assertThat(run(script).exitCode()).isEqualTo(2);
      assertThat(run(script + " --help").out())
          .contains("submit/" + script, "--dry-run", "--gpus N");
    }
  }
}
