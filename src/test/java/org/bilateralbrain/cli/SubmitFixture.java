package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the scripts for clusters, up to the command line that they would run; ci/cluster.sh really
 * runs one.
 */
@Timeout(120)
abstract class SubmitFixture {

  /**
   * An installation of Spark from Maven's jars; each class has its own, because classes run in
   * parallel.
   */
  private static Path realSpark = Path.of("target");

  @TempDir Path temp;

  /** The variables that a script sees besides this process's. */
  final Map<String, String> environment = new HashMap<>();

  /** What a script printed and how it ended. */
  record Result(int exitCode, String out, String err) {}

  @BeforeAll
  static void makeSparkHome(TestInfo test) throws Exception {
    String folder = "target/spark-scripts/" + test.getTestClass().orElseThrow().getSimpleName();
    realSpark = Path.of(folder).toAbsolutePath();
    assertThat(
            new ProcessBuilder("ci/spark-home.sh", realSpark.toString())
                .inheritIO()
                .start()
                .waitFor())
        .isZero();
  }

  @BeforeEach
  void useRealSparkAndAYarn() throws IOException {
    environment.put("SPARK_HOME", realSpark.toString());
    useYarn("<property><name>yarn.resourcemanager.hostname</name><value>h</value></property>");
  }

  /** Lets the scripts find a cluster's configuration with these properties. */
  void useYarn(String properties) throws IOException {
    Path folder = Files.createDirectories(temp.resolve("hadoop"));
    Files.writeString(
        folder.resolve("yarn-site.xml"), "<configuration>" + properties + "</configuration>");
    environment.put("HADOOP_CONF_DIR", folder.toString());
  }

  /** Lets the scripts find an installation of Spark with this spark-submit. */
  void useSparkSubmit(String shell) throws IOException {
    Path program = Files.createDirectories(temp.resolve("spark/bin")).resolve("spark-submit");
    Files.writeString(program, "#!/bin/sh\n" + shell + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    environment.put("SPARK_HOME", temp.resolve("spark").toString());
  }

  /**
   * Lets the scripts find a jar that has these native libraries beside it.
   *
   * @param natives ENGINE/FILE
   * @return the jar's folder
   */
  Path useBuild(String... natives) throws IOException {
    Path build = Files.createDirectories(temp.resolve("build"));
    Path jar = Files.createFile(build.resolve("bilateral-sweep-all.jar"));
    for (String file : natives) {
      Path path = build.resolve("engines").resolve(file);
      Files.createDirectories(path.getParent());
      Files.createFile(path);
    }
    environment.put("BILATERAL_JAR", jar.toString());
    return build;
  }

  /**
   * @param line the script's name and its arguments, none of them with a blank
   */
  Result run(String line) throws IOException, InterruptedException {
    return run(List.of(line.split(" ")));
  }

  Result run(List<String> line) throws IOException, InterruptedException {
    String[] command = line.toArray(String[]::new);
    command[0] = Path.of("submit").resolve(command[0]).toString();
    Path err = temp.resolve("err");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
    builder.environment().remove("YARN_CONF_DIR");
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), out, Files.readString(err));
  }

  /** The only line of a refusal. */
  String refusal(String line) throws IOException, InterruptedException {
    return refusal(List.of(line.split(" ")));
  }

  String refusal(List<String> line) throws IOException, InterruptedException {
    Result result = run(line);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err().lines()).hasSize(1);
    return result.err();
  }
}
