package org.bilateralbrain.spark;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.bilateralbrain.grid.GridPoint;
import org.bilateralbrain.grid.HemisphereJob;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.sweep.Cluster;
import org.bilateralbrain.sweep.Outcome;
import org.bilateralbrain.sweep.Submission;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.train.Training.EpochTrainer;
import org.bilateralbrain.train.Training.ProgressListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands jobs to Spark: each as a Spark job of one task, but for those that the whole cluster works
 * on, which are driven from here, one at a time.
 */
final class SparkJobs implements Cluster {

  private static final Logger LOG = LoggerFactory.getLogger(SparkJobs.class);

  private static final Pattern LOCAL = Pattern.compile("local(?:\\[[^,]+(?:,\\s*(\\d+))?\\s*])?");

  private static final int MAX_NAMES = 4;

  private final JavaSparkContext spark;
  private final Map<Job, Set<GridPoint>> cells = new HashMap<>();
  private final TaskInputs inputs;
  private final RunningTasks runningTasks = new RunningTasks();
  private final ExecutorService driver = Executors.newSingleThreadExecutor();

  /**
   * @param token that the driver has left in the store
   */
  SparkJobs(SweepSetup setup, String token, JavaSparkContext spark) {
    this.spark = spark;
    setup.plan().cells().forEach(cell -> note(cell.job(), cell));
    inputs =
        TaskInputs.of(
            setup,
            token,
            spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration())));
    spark.sc().addSparkListener(runningTasks);
  }

  private void note(Job job, GridPoint cell) {
    if (cells.computeIfAbsent(job, any -> new LinkedHashSet<>()).add(cell)) {
      job.parents().forEach(parent -> note(parent, cell));
    }
  }

  @Override
  public String inWords() {
    return "Spark %s, %s".formatted(spark.version(), spark.master());
  }

  /** How many jobs may be submitted at a time so that no executor has to wait for the driver. */
  @Override
  public int window() {
    return Math.max(2, 2 * spark.defaultParallelism());
  }

  /** How often Spark tries what fails: locally the master says so, or it is tried once. */
  @Override
  public int maxFailures() {
    Matcher local = LOCAL.matcher(spark.master());
    if (local.matches()) {
      return local.group(1) == null ? 1 : Integer.parseInt(local.group(1));
    }
    return spark.getConf().getInt("spark.task.maxFailures", 4);
  }

  @Override
  public boolean isStopped() {
    return spark.sc().isStopped();
  }

  @Override
  public Submission submit(Job job) {
    return new Submission(job, job.isDistributed() ? drive((HemisphereJob) job) : submitTask(job));
  }

  private Attempt submitTask(Job job) {
    describe(job);
    JavaFutureAction<List<Outcome>> future =
        spark.parallelize(List.of(job), 1).map(new JobTask(inputs)).collectAsync();
    return new Attempt(
        future,
        () ->
            future.jobIds().stream()
                .map(runningTasks::sinceMillis)
                .flatMapToLong(OptionalLong::stream)
                .min(),
        () -> future.cancel(true));
  }

  private Attempt drive(HemisphereJob job) {
    AtomicReference<OptionalLong> start = new AtomicReference<>(OptionalLong.empty());
    String group = "together: " + job.id(); // of its own, so that all its Spark jobs can be stopped
    Future<List<Outcome>> future =
        driver.submit(
            () -> {
              start.set(OptionalLong.of(System.currentTimeMillis()));
              spark.sc().setJobGroup(group, description(job), true);
              return List.of(driveUntilDone(job));
            });
    return new Attempt(
        future,
        start::get,
        () -> {
          future.cancel(true);
          spark.sc().cancelJobGroup(group);
        });
  }

  /**
   * @param since when it began, in milliseconds of the epoch
   */
  private record Attempt(
      Future<List<Outcome>> future, Supplier<OptionalLong> since, Runnable stopping)
      implements Submission.Attempt {

    @Override
    public OptionalLong runningSinceMillis() {
      return since.get();
    }

    @Override
    public void stop() {
      stopping.run();
    }

    @Override
    public boolean isDone() {
      return future.isDone();
    }

    @Override
    public Outcome outcome() throws InterruptedException {
      try {
        return future.get().get(0);
      } catch (ExecutionException e) {
        return TaskFailure.outcome(e);
      } catch (CancellationException e) {
        return new Outcome.Failed("it was stopped", false);
      }
    }
  }

  /** Tries as often as Spark does with a task; each time it goes on from the last checkpoint. */
  private Outcome driveUntilDone(HemisphereJob job) throws Exception {
    for (int failures = 1; ; failures++) {
      try {
        return JobTask.outcome(() -> inputs.run(job, this::distribute));
      } catch (Exception e) {
        if (failures >= maxFailures() || Thread.currentThread().isInterrupted() || isStopped()) {
          throw e;
        }
        LOG.warn("{} is tried again: {}", job.title(), e.getMessage());
      }
    }
  }

  private EpochTrainer distribute(HemisphereJob job, Network network, ProgressListener listener) {
    return new DataParallelEpochs(spark, job, inputs, network, listener);
  }

  /**
   * For Spark's pages; and lets what the calling thread submits from now on be interrupted if it is
   * cancelled.
   */
  private void describe(Job job) {
    spark.sc().setJobGroup(stage(job), description(job), true);
  }

  /** What Spark's pages group the jobs by. */
  private static String stage(Job job) {
    return job.parents().isEmpty() ? "stage 1: from images" : "stage 2: from trained hemispheres";
  }

  /** The job with its seed, and the models and variants that it is for. */
  private String description(Job job) {
    Set<GridPoint> ofJob = Objects.requireNonNull(cells.get(job));
    return "%s, for %s in %s"
        .formatted(
            job.title(),
            some(ofJob.stream().map(GridPoint::model).distinct().toList()),
            some(ofJob.stream().map(GridPoint::variant).distinct().toList()));
  }

  private static String some(List<String> names) {
    String shown = names.stream().limit(MAX_NAMES).collect(Collectors.joining(", "));
    return names.size() <= MAX_NAMES
        ? shown
        : "%s and %s more".formatted(shown, names.size() - MAX_NAMES);
  }

  /** Lets go of Spark, which may go on. */
  @Override
  public void close() {
    driver.shutdownNow();
    spark.sc().removeSparkListener(runningTasks);
  }
}
