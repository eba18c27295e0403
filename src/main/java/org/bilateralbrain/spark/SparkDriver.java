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
 * Where Spark begins and ends. The master, resources and everything else about the cluster come
 * from spark-submit, or from submit/local.sh.
 */
public final class SparkDriver {

  private SparkDriver() {}

  /**
   * Hadoop's settings as Spark's tasks will have them ({@code spark.hadoop.*} included), without
   * starting Spark.
   */
  public static Configuration hadoop() {
    return SparkHadoopUtil.get().newConfiguration(new SparkConf());
  }

  /** Runs a sweep in a Spark application of its own. */
  public static SweepSummary run(SweepSetup setup, ProgressView progress)
      throws IOException, InterruptedException {
    try (JavaSparkContext spark = start(setup)) {
      return run(setup, spark, progress);
    }
  }

  /** Runs a sweep in a Spark application that is there. */
  public static SweepSummary run(SweepSetup setup, JavaSparkContext spark, ProgressView progress)
      throws IOException, InterruptedException {
    Sweep.ClusterStart start = (planned, token) -> new SparkJobs(planned, token, spark);
    return new Sweep(setup, start, progress).run();
  }

  /** Tests what is there of a sweep, in a Spark application of its own. */
  public static List<TestedNetwork> test(SweepSetup setup, PrintWriter progress)
      throws IOException, InterruptedException {
    try (JavaSparkContext spark = start(setup)) {
      return TestRun.run(setup, spark, progress);
    }
  }

  /** Analyses what is there of a sweep, in a Spark application of its own. */
  public static AnalysisSummary analyse(SweepSetup setup, PrintWriter progress)
      throws IOException, InterruptedException {
    try (JavaSparkContext spark = start(setup)) {
      return AnalysisRun.run(setup, spark, progress);
    }
  }

  /**
   * Spark checks its own settings and throws a checked exception that its Java interface doesn't
   * declare.
   */
  private static JavaSparkContext start(SweepSetup setup) {
    SparkConf conf =
        new SparkConf()
            .setAppName("bilateral " + setup.config().name())
            // Spark's own bar would be drawn over ours.
            .set("spark.ui.showConsoleProgress", "false")
            // Jobs and outcomes are records, which the Kryo of Spark 3.5 can't read back; they are
            // small.
            .set("spark.serializer", "org.apache.spark.serializer.JavaSerializer");
    try {
      return new JavaSparkContext(conf);
    } catch (Exception e) {
      if (e instanceof SparkException) {
        throw new SparkRefusalException("Spark can't run with these settings: " + e.getMessage());
      }
      throw e;
    }
  }

  /** Spark does not start with the settings it was given. */
  public static class SparkRefusalException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SparkRefusalException(String message) {
      super(message);
    }
  }
}
