package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What submit/yarn.sh refuses before anything starts, and its deploy modes. */
class SubmitYarnIT extends SubmitFixture {

  private static final String RUN = "yarn.sh --executors 1 run conf/quickstart.conf";

  @Test
  void aHadoopConfigurationWithoutAClusterIsRefused() throws Exception {
    useSparkSubmit("echo spark-submit was started");
    String expected =
        "yarn.sh: HADOOP_CONF_DIR must name the folder with the cluster's configuration";

    environment.put("HADOOP_CONF_DIR", "");
    assertThat(refusal(RUN)).isEqualTo(expected + "\n");
    environment.put("HADOOP_CONF_DIR", temp.toString());
    assertThat(refusal(RUN))
        .isEqualTo(
            "%s, but there is no yarn-site.xml with yarn.resourcemanager.address or yarn.resourcemanager.hostname in %s\n",
            expected, temp);
    useYarn("<property><name>yarn.nodemanager.hostname</name><value>h</value></property>");
    assertThat(refusal(RUN)).startsWith(expected + ", but there is no yarn-site.xml with");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<property><name>yarn.resourcemanager.address</name><value>h:8032</value></property>",
        "<property>\n  <name>\n yarn.resourcemanager.hostname.rm1</name><value>h</value></property>",
        "<xi:include href='cluster.xml'/>"
      })
  void aClusterIsNamedByItsAddressOrItsHost(String properties) throws Exception {
    useSparkSubmit("echo 100 dl4j");
    useBuild("dl4j/nd4j.jar");
    useYarn(properties);

    assertThat(run("yarn.sh --dry-run --executors 1 run c").exitCode()).isZero();
    environment.put("YARN_CONF_DIR", environment.put("HADOOP_CONF_DIR", temp.toString()));
    assertThat(run("yarn.sh --dry-run --executors 1 run c").exitCode()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "2.13, 3.5.1, 3.5.1 for Scala 2.13",
    "2.12, 3.4.2, 3.4.2 for Scala 2.12",
    "2.12, 3.50.0, 3.50.0 for Scala 2.12",
    "2.13, 4.0.0-preview1, 4.0.0-preview1 for Scala 2.13"
  })
  void anotherVersionOfSparkOrScalaIsRefused(String scala, String spark, String named)
      throws Exception {
    useSparkSubmit("echo spark-submit was started");
    jar("spark-core_%s-%s.jar".formatted(scala, spark));

    for (String line :
        new String[] {
          RUN,
          "standalone.sh --master spark://h run c",
          "kubernetes.sh --master k8s://h --image i --executors 1 run c",
          "slurm.sh --nodes 1 --time 5 --dry-run run c"
        }) {
      assertThat(refusal(line))
          .isEqualTo(
              "%s: the Spark in %s is %s: set SPARK_HOME to an installation of Spark 3.5 for Scala 2.12\n",
              line.substring(0, line.indexOf(' ')), environment.get("SPARK_HOME"), named);
    }
  }

  @Test
  void aVendorsBuildOfSparkIsTaken() throws Exception {
    useSparkSubmit("echo 100 dl4j");
    useBuild("dl4j/nd4j.jar");
    jar("spark-core_2.12-3.5.2-amzn-0.jar");
    jar("spark-yarn_2.12-3.5.2-amzn-0.jar");

    assertThat(run("yarn.sh --dry-run --executors 1 run c").exitCode()).isZero();
  }

  @Test
  void anInstallationWithoutYarnIsRefused() throws Exception {
    useSparkSubmit("echo spark-submit was started");
    jar("spark-core_2.12-3.5.1.jar");

    assertThat(refusal(RUN))
        .isEqualTo(
            "yarn.sh: the Spark in %s can't use YARN: it has no jars/spark-yarn_2.12-3.5.1.jar\n",
            environment.get("SPARK_HOME"));
  }

  @Test
  void withoutAnySparkTheVariableIsNamed() throws Exception {
    environment.put("SPARK_HOME", temp.resolve("none").toString());

    assertThat(refusal(RUN))
        .isEqualTo(
            "yarn.sh: there is no %s/none/bin/spark-submit: set SPARK_HOME to an installation of Spark 3.5 for Scala 2.12\n",
            temp);
  }

  @Test
  void onlyCommandsThatComputeRunInADriverOnTheCluster() throws Exception {
    useSparkSubmit("echo spark-submit was started");

    assertThat(refusal("yarn.sh --executors 1 --deploy-mode cluster status c"))
        .isEqualTo(
            "yarn.sh: --deploy-mode cluster is for run, test and analyse; status runs on this machine, without it\n");
    assertThat(refusal("yarn.sh --executors 1 --deploy-mode remote run c"))
        .isEqualTo("yarn.sh: --deploy-mode must be client or cluster, not 'remote'\n");
  }

  @Test
  void theDriverOnTheClusterGetsTheConfigurationAndTheVariablesThatItNames() throws Exception {
    useBuild("dl4j/nd4j.jar");
    Path line = temp.resolve("line");
    // Writes what the program would write, and then takes down what would be submitted.
    useSparkSubmit(
        """
        while [ $# -gt 0 ]; do
          [ "$1" != --ship ] || printf '# ${COMMENT}\\n  name="a-"${WHO}"-b"\\n' >"$2"
          [ "$1" != --deploy-mode ] || echo "$@" >%s
          shift
        done
        echo 100 dl4j
        """
            .formatted(line));
    environment.put("WHO", "someone");

    assertThat(run("yarn.sh --executors 1 --deploy-mode cluster run c").exitCode()).isZero();
    assertThat(Files.readString(line))
        .contains("spark.yarn.appMasterEnv.WHO=someone ")
        .containsPattern("BILATERAL_SHIPPED=(bilateral-\\w+\\.conf) .*--files /\\S+/\\1 ")
        .doesNotContain("COMMENT");
  }

  @Test
  void machinesOnWhichExecutorsFindNoCardAreExcluded() throws Exception {
    useSparkSubmit("echo 100 torch");
    useBuild("torch/pytorch.jar");
    String setting = "--conf spark.yarn.executor.launch.excludeOnFailure.enabled=true ";

    assertThat(run("yarn.sh --dry-run --executors 1 --gpus 1 run c").out()).contains(setting);
    assertThat(run("yarn.sh --dry-run --executors 1 run c").out()).doesNotContain(setting);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 3", "'', 3"})
  void theScriptEndsWithTheCommandsExitCodeFromTheCluster(String told, int expected)
      throws Exception {
    useBuild("dl4j/nd4j.jar");
    String diagnosis = told.isEmpty() ? "killed" : "User application exited with status " + told;
    useSparkSubmit(
        """
        case "$*" in
          *submission*) while [ "$1" != --ship ]; do shift; done; : >"$2"; echo 100 dl4j ;;
          *) echo "ERROR Client: Application diagnostics message: %s" >&2; exit 1 ;;
        esac
        """
            .formatted(diagnosis));

    Result result = run("yarn.sh --executors 1 --deploy-mode cluster run c");
    assertThat(result.exitCode()).isEqualTo(expected);
    assertThat(result.err()).contains(diagnosis);
  }

  private void jar(String name) throws IOException {
    Files.createFile(Files.createDirectories(temp.resolve("spark/jars")).resolve(name));
  }
}
