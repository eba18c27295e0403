package org.bilateralbrain.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** Spark with a master, workers and executors in separate JVMs, from Maven's jars. */
public final class LocalCluster {

  private static final String EXECUTOR_OPTIONS =
      "-XX:+UseSerialGC -Dorg.bytedeco.javacpp.maxbytes=0 -Dorg.bytedeco.javacpp.maxphysicalbytes=0";

  private static final int EXECUTOR_MIB = 1024;

  private LocalCluster() {}

  /** Settings for a number of executors with a number of cores each. */
  public static SparkConf conf(int executors, int cores) throws IOException {
    linkJars(Path.of(System.getenv("SPARK_HOME")));
    return new SparkConf()
        .setMaster("local-cluster[%d,%d,%d]".formatted(executors, cores, EXECUTOR_MIB))
        .setAppName("test")
        .set("spark.executor.memory", EXECUTOR_MIB + "m")
        .set("spark.executor.extraClassPath", ourClasses())
        // test executors live for seconds, too short for the optimising compiler to pay off
        .set("spark.executor.extraJavaOptions", "-XX:TieredStopAtLevel=1 " + EXECUTOR_OPTIONS)
        .set("spark.ui.enabled", "false")
        .set("spark.driver.host", "localhost")
        .set("spark.driver.bindAddress", "127.0.0.1");
  }

  /** With executors that compile as usual, for trainings of more than a few seconds. */
  static SparkConf withFullCompiler(SparkConf conf) {
    return conf.set("spark.executor.extraJavaOptions", EXECUTOR_OPTIONS);
  }

  public static JavaSparkContext start(SparkConf conf) {
    return new JavaSparkContext(conf);
  }

  /** Makes a folder look like an installation of Spark to its launcher. */
  private static void linkJars(Path home) throws IOException {
    Path jars = Files.createDirectories(home.resolve("jars"));
    for (String jar : Files.readString(Path.of("target/spark.classpath")).strip().split(":", -1)) {
      try {
        Files.createSymbolicLink(jars.resolve(Path.of(jar).getFileName()), Path.of(jar));
      } catch (FileAlreadyExistsException there) {
        // from an earlier start
      }
    }
  }

  /** This JVM's class path without the jars of Spark. */
  private static String ourClasses() {
    String all =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    try {
      String spark = Files.readString(Path.of("target/spark.classpath")).strip();
      return Arrays.stream(all.split(":"))
          .filter(entry -> !spark.contains(entry))
          .collect(Collectors.joining(":"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
