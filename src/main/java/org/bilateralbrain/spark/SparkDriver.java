package org.bilateralbrain.spark;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Computation;
import org.bilateralbrain.nn.Engine;
import org.bilateralbrain.report.progress.ProgressView;
import org.bilateralbrain.spark.AnalysisRun.AnalysisSummary;
import org.bilateralbrain.spark.TestRun.TestedNetwork;
import org.bilateralbrain.sweep.Sweep;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.sweep.SweepSummary;

/**
 * Starts and stops Spark around a command. Master, resources and all other settings of the cluster
 * come from spark-submit or submit/local.sh.
 */
public final class SparkDriver {

  private static volatile boolean started;

  private SparkDriver() {}

  /** Whether this process has started Spark, which may have ended since. */
  static boolean hasStarted() {
    return started;
  }

  /**
   * The Hadoop configuration that Spark's tasks will see, including {@code spark.hadoop.*}
   * settings. Doesn't start Spark.
   */
  public static Configuration hadoop() {
    return SparkHadoopUtil.get().newConfiguration(new SparkConf());
  }

  /** Runs a sweep in a new Spark application. */
  public static SweepSummary run(SweepSetup setup, ProgressView progress)
      throws IOException, InterruptedException {
    try (JavaSparkContext spark = start(setup)) {
      return run(setup, spark, progress);
    }
  }

  /** Runs a sweep in a running Spark application, which stays open. */
  public static SweepSummary run(SweepSetup setup, JavaSparkContext spark, ProgressView progress)
      throws IOException, InterruptedException {
    Sweep.ClusterStart start = (planned, token) -> new SparkJobs(planned, token, spark);
    return new Sweep(setup, start, progress).run();
  }

  /** Tests those networks of a sweep that are in the store, in a new Spark application. */
  public static List<TestedNetwork> test(SweepSetup setup, PrintWriter progress)
      throws IOException, InterruptedException {
    try (JavaSparkContext spark = start(setup)) {
      return TestRun.run(setup, spark, progress);
    }
  }

  /**
   * Analyses those networks of a sweep that are in the store, in a new Spark application.
   *
   * @param requests see {@link AnalysisRun#run}
   */
  public static AnalysisSummary analyse(
      SweepSetup setup, List<List<Integer>> requests, PrintWriter progress)
      throws IOException, InterruptedException {
    try (JavaSparkContext spark = start(setup)) {
      return AnalysisRun.run(setup, requests, spark, progress);
    }
  }

  /**
   * Gives a user id that has no name on this machine, as in containers, one: Hadoop can't do
   * without. To be called before anything else.
   */
  public static void nameUser() throws IOException {
    String name = System.getProperty("user.name");
    if (name == null || name.isBlank() || name.equals("?")) {
      String given = System.getenv("HADOOP_USER_NAME");
      Object id = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      UserGroupInformation.setLoginUser(
          UserGroupInformation.createRemoteUser(given == null ? "user-" + id : given));
    }
  }

  /**
   * Runs the program and ends the JVM with its exit code, or YARN's application master if it runs
   * in one.
   *
   * @throws SparkException which tells the application master the exit code
   */
  public static void exit(IntSupplier program) throws IOException, SparkException {
    Optional<YarnMaster> master = YarnMaster.running(new SparkConf());
    if (master.isPresent()) {
      master.get().end(program);
    } else {
      System.exit(program.getAsInt());
    }
  }

  /**
   * Starts Spark.
   *
   * @throws SparkSettingsException if Spark rejects its settings, or they can't give tasks the GPU
   *     that they need
   * @throws EngineNotLoadedException if tasks run in this process and the engine can't be loaded
   */
  private static JavaSparkContext start(SweepSetup setup) {
    SparkConf conf = conf("bilateral " + setup.config().name());
    String master = conf.get("spark.master", "");
    if (master.equals("local") || master.startsWith("local[")) { // tasks run in this process
      if (setup.config().execution().requireGpu()) {
        throw new SparkSettingsException(
            "require-gpu is set, but Spark assigns GPUs only on a cluster: use submit/standalone.sh, yarn.sh, kubernetes.sh or slurm.sh with --gpus (submit/standalone.sh --help says how to start a cluster on this machine)");
      }
      requireEngine(setup.config().computation());
    }
    if (setup.plan().jobs().stream().noneMatch(Job::isDistributed)) {
      SparkJobs.allowPlaces(conf); // parts of a distributed one should rather move than wait
    }
    YarnNodes.requireGpus(conf);
    try {
      started = true;
      return new JavaSparkContext(conf);
    } catch (Exception e) { // those of Spark and YARN are checked, but not declared
      if (e instanceof SparkException
          || e instanceof YarnException
          || e instanceof IllegalArgumentException) { // more memory than YARN has for a container
        throw new SparkSettingsException("Spark can't run with these settings: " + e.getMessage());
      }
      throw e;
    }
  }

  /** The settings of spark-submit or of submit/local.sh, and ours. */
  static SparkConf conf(String application) {
    return new SparkConf()
        .setAppName(application)
        // where jobs are submitted for thousands of executors at once, the default drops events of
        // Spark's pages
        .setIfMissing("spark.scheduler.listenerbus.eventqueue.capacity", "100000")
        // would overwrite our progress view
        .set("spark.ui.showConsoleProgress", "false")
        // jobs and outcomes are records, which Spark 3.5's Kryo can't deserialise
        .set("spark.serializer", "org.apache.spark.serializer.JavaSerializer");
  }

  /** Says once what each job would fail with. */
  private static void requireEngine(Computation computation) {
    try {
      computation.open().bind(Optional.empty(), 1);
    } catch (Exception | LinkageError e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      String folder =
          System.getProperty(
              "org.bytedeco.javacpp.cachedir", System.getProperty("user.home") + "/.javacpp/cache");
      String remedy =
          e instanceof IllegalStateException || e instanceof Engine.UnsuitableBuildException
              ? ""
              : "; its native libraries are unpacked to %s, which must have room for a gigabyte and allow execution: set JAVA_OPTS=-Dorg.bytedeco.javacpp.cachedir=FOLDER for another folder"
                  .formatted(folder);
      throw new EngineNotLoadedException(
          "The engine %s can't be loaded: %s%s"
              .formatted(
                  computation.engine(),
                  cause.getMessage() == null ? cause.toString() : cause.getMessage(),
                  remedy),
          e);
    }
  }

  /** The engine's native libraries can't be used on this machine. */
  public static class EngineNotLoadedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    EngineNotLoadedException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** Spark rejects its settings; the message is Spark's. */
  public static class SparkSettingsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SparkSettingsException(String message) {
      super(message);
    }
  }
}
