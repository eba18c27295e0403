package org.bilateralbrain.sweep;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.bilateralbrain.grid.Cell;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.grid.SweepPlan;

/** Hands jobs to Spark, each as a Spark job of one task. */
final class SparkJobs {

  private static final int MOST_NAMES = 4;

  private final JavaSparkContext spark;
  private final SweepPlan plan;
  private final JobTask task;
  private final Placements placements = new Placements();

  SparkJobs(SweepSetup setup, JavaSparkContext spark) {
    this.spark = spark;
    plan = setup.plan();
    task =
        new JobTask(
            setup.store().root().toString(),
            setup.source(),
            setup.config().execution(),
            spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration())));
    spark.sc().addSparkListener(placements);
  }

  /** How many jobs may be submitted at a time so that no executor has to wait for the driver. */
  int window() {
    return Math.max(2, 2 * spark.defaultParallelism());
  }

  /** How often Spark tries what fails. */
  int maxFailures() {
    return spark.getConf().getInt("spark.task.maxFailures", 4);
  }

  boolean areStopped() {
    return spark.sc().isStopped();
  }

  Submission submit(Job job) {
    // interrupted if it is cancelled
    spark.sc().setJobGroup(stage(job), description(job), true);
    return new Submission(job, spark.parallelize(List.of(job), 1).map(task).collectAsync(), placements);
  }

  /** What Spark's pages group the jobs by. */
  private static String stage(Job job) {
    return job.parents().isEmpty() ? "stage 1: from images" : "stage 2: from trained hemispheres";
  }

  /** The job with its seed, and the models and variants that it is for. */
  private String description(Job job) {
    List<Cell> cells = plan.cellsThatNeed(job);
    return "%s, for %s in %s"
        .formatted(
            job.title(),
            some(cells.stream().map(Cell::model).distinct().toList()),
            some(cells.stream().map(Cell::variant).distinct().toList()));
  }

  private static String some(List<String> names) {
    String shown = names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "));
    return names.size() <= MOST_NAMES ? shown : "%s and %d more".formatted(shown, names.size() - MOST_NAMES);
  }
}
