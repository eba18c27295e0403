package org.bilateralbrain.spark;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;
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

  private SparkDriver() {}

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
   * Starts Spark.
   *
   * @throws SparkSettingsException if Spark rejects its settings
   */
  private static JavaSparkContext start(SweepSetup setup) {
    SparkConf conf =
        new SparkConf()
            .setAppName("bilateral " + setup.config().name())
            // would overwrite our progress view
            .set("spark.ui.showConsoleProgress", "false")
            // jobs and outcomes are records, which Spark 3.5's Kryo can't deserialise
            .set("spark.serializer", "org.apache.spark.serializer.JavaSerializer");
    try {
      return new JavaSparkContext(conf);
    } catch (Exception e) { // a SparkException is checked, but the constructor doesn't declare it
      if (e instanceof SparkException) {
        throw new SparkSettingsException("Spark can't run with these settings: " + e.getMessage());
      }
      throw e;
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
