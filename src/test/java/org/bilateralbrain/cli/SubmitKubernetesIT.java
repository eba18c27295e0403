package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What submit/kubernetes.sh carries to the cluster, what it refuses, and the exit codes that it
 * makes of Spark's reports; ci/cluster.sh kubernetes runs pods.
 */
class SubmitKubernetesIT extends SubmitFixture {

  private static final String SCRIPT =
      "kubernetes.sh --master k8s://https://h:6443 --image i:1 --executors 1 ";

  @Test
  void aConfigurationTravelsWithWhatItIncludesAndSparksOwnFiles() throws Exception {
    Path spark = Files.createDirectory(temp.resolve("spark-conf"));
    Files.writeString(spark.resolve("log4j2.properties"), "rootLogger.level = warn");
    environment.put("SPARK_CONF_DIR", spark.toString());
    Files.writeString(temp.resolve("seeds.conf"), "bilateral.grid.seeds = [7]");
    Path conf = temp.resolve("my.conf");
    Files.writeString(
        conf, "include \"seeds.conf\", bilateral { name = a, store = \"s3a://b/r\" }");

    Result result = run(SCRIPT + "--dry-run status " + conf + " --set bilateral.engine=torch");

    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .contains("all.jar status /opt/spark/conf/sweep-1.conf --set bilateral.engine=torch");
    Path carried = Path.of(result.out().replaceAll("(?s)SPARK_CONF_DIR=(\\S+) .*", "$1"));
    assertThat(carried.resolve("sweep-1.conf")).content().contains("7", "s3a://b/r");
    assertThat(carried.resolve("log4j2.properties")).hasContent("rootLogger.level = warn");
  }

  @ParameterizedTest
  @ValueSource(strings = {"runs", "/home/me/runs", "file:/home/me/runs", "file:///home/me/runs"})
  void aStoreThatEachPodWouldHaveForItselfIsRefused(String store) throws Exception {
    environment.put("HADOOP_CONF_DIR", "");
    String command = "run conf/quickstart.conf --set bilateral.store=" + store;

    assertThat(refusal(SCRIPT + command))
        .startsWith("kubernetes.sh: bilateral.store is " + store + ", a folder of each pod's own");

    String volume =
        "--conf spark.kubernetes.driver.volumes.persistentVolumeClaim.s.mount.path=/home ";
    assertThat(run(SCRIPT + "--dry-run " + volume + command).exitCode()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"k8s://", "k8s://https://", "https://h:6443", "k8s://https://h:port", "h"})
  void aMalformedMasterIsRefused(String master) throws Exception {
    useSparkSubmit("echo spark-submit was started");

    assertThat(refusal("kubernetes.sh --image i --executors 1 --master " + master + " run c"))
        .isEqualTo(
            "kubernetes.sh: --master must be the cluster's k8s://https://host:port, not '%s'\n",
            master);
  }

  @Test
  void withoutSparkNothingStarts() throws Exception {
    environment.put("SPARK_HOME", "/nowhere");

    assertThat(refusal(SCRIPT + "run conf/quickstart.conf"))
        .contains("there is no /nowhere/bin/spark-submit: set SPARK_HOME");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Succeeded | exit code: 0 | 0 | ''",
        "Failed | exit code: 65 | 1 | ''",
        "Failed | exit code: 66 | 2 | ''",
        "Failed | exit code: 67 | 3 | ''",
        "Failed | exit code: 1 | 3 | the image i:1 must be made with submit/Dockerfile from this build",
        "Failed | exit code: 101 | 3 | Spark couldn't run the program",
        "Failed | exit code: 137 | 3 | ended with exit code 137 (OOMKilled); the same command resumes",
        "Failed | container state: N/A | 3 | ended without an exit code",
        "Pending | pending reason: ErrImagePull | 2 | the cluster can't pull the image i:1: ErrImagePull",
      })
  void theScriptEndsAsTheDriverDoes(String phase, String state, int exitCode, String message)
      throws Exception {
    useCluster(
        "\t phase: %s\n\t container status: \n\t\t container name: sidecar\n\t\t exit code: 9\n"
                .formatted(phase)
            + "\t\t container name: spark-kubernetes-driver\n\t\t %s\n".formatted(state)
            + (state.contains("137") ? "\t\t termination reason: OOMKilled\n" : ""));

    Result result = run(SCRIPT + "run c");

    assertThat(result.exitCode()).isEqualTo(exitCode);
    assertThat(result.err()).contains(message);
    assertThat(result.out()).contains(phase.equals("Pending") ? "" : "the table");
  }

  @Test
  void aDriverWhosePodIsGoneWasDeleted() throws Exception {
    useCluster("Application not found.");

    Result result = run(SCRIPT + "run c");

    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err()).contains("was deleted; the same command resumes");
  }

  @Test
  void whoDoesNotWantToWaitDoesNotWait() throws Exception {
    useCluster("\t phase: Running");

    Result result =
        run(SCRIPT + "--conf spark.kubernetes.submission.waitAppCompletion=false run c");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).isEqualTo("submitted\n");
  }

  /** Lets Spark report this of the driver's pod, and kubectl show its log. */
  private void useCluster(String status) throws IOException {
    useBuild("dl4j/nd4j.jar");
    Path report = Files.writeString(temp.resolve("status"), status);
    useSparkSubmit(
        "case \"$*\" in *--status*) cat %s >&2 ;; *\" submission \"*) echo 100 dl4j ;; *--kill*) ;; *) echo submitted ;; esac"
            .formatted(report));
    Path bin = Files.createDirectory(temp.resolve("bin"));
    Path kubectl = Files.writeString(bin.resolve("kubectl"), "#!/bin/sh\necho the table\n");
    Files.setPosixFilePermissions(kubectl, PosixFilePermissions.fromString("rwxr-xr-x"));
    environment.put("PATH", bin + ":" + System.getenv("PATH"));
  }
}
