package org.bilateralbrain.spark;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.scheduler.Pool;
import org.apache.spark.scheduler.SchedulingMode;
import org.apache.spark.scheduler.TaskScheduler;
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
import scala.Tuple2;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.reflect.ClassTag$;

/**
 * Runs jobs on Spark, each as a Spark job of one task. Distributed jobs are the exception: a thread
 * of the driver runs them, one at a time, and spreads their training over the executors.
 */
final class SparkJobs implements Cluster {

  private static final Logger LOG = LoggerFactory.getLogger(SparkJobs.class);

  /** A local master; the group is the number of attempts per task. */
  private static final Pattern LOCAL = Pattern.compile("local(?:\\[[^,]+(?:,\\s*(\\d+))?\\s*])?");

  /** The setting by which Spark lets executors be told to leave. */
  static final String DECOMMISSIONING = "spark.decommission.enabled";

  private static final String MODE = "spark.scheduler.mode";

  /** How long a job waits for the executor to which it was submitted, before it takes any. */
  private static final String WAIT = "spark.locality.wait.process";

  /** The pools of jobs that are to have a certain executor, and of those that can have any. */
  private static final String FIRST = "first";

  private static final String OTHERS = "others";

  /** Longer lists are abbreviated in descriptions. */
  private static final int MAX_NAMES = 4;

  private final JavaSparkContext spark;
  private final Map<Job, Set<GridPoint>> points = new HashMap<>();
  private final TaskInputs inputs;
  private final RunningTasks runningTasks = new RunningTasks();
  private final ExecutorService driver = Executors.newSingleThreadExecutor();

  /**
   * @param token name of the driver's token in the store
   */
  SparkJobs(SweepSetup setup, String token, JavaSparkContext spark) {
    this.spark = spark;
    setup.plan().points().forEach(point -> addNeed(point.job(), point));
    inputs = TaskInputs.of(setup, token, spark);
    spark.sc().addSparkListener(runningTasks);
    addPool(FIRST, Integer.MAX_VALUE);
    addPool(OTHERS, 0);
  }

  /**
   * Adds one of our pools to Spark's, unless it is there. Spark's own default is in no order.
   *
   * @param share pools with fewer running tasks than this come before others
   */
  private void addPool(String name, int share) {
    Pool pools = spark.sc().taskScheduler().rootPool();
    if (pools.getSchedulableByName(name) == null) {
      pools.addSchedulable(new Pool(name, SchedulingMode.FIFO(), share, 1));
    }
  }

  /** Sets Spark so that a job can wait for a certain executor, and gets it ahead of all others. */
  static void allowPlaces(SparkConf conf) {
    conf.setIfMissing(MODE, "FAIR"); // else it ignores pools
    conf.setIfMissing(WAIT, PLACE_PATIENCE_SECONDS + "s");
  }

  /** Records that a grid point needs a job and its ancestors. */
  private void addNeed(Job job, GridPoint point) {
    if (points.computeIfAbsent(job, any -> new LinkedHashSet<>()).add(point)) {
      job.parents().forEach(parent -> addNeed(parent, point));
    }
  }

  @Override
  public String description() {
    return "Spark %s, %s".formatted(spark.version(), spark.master());
  }

  /**
   * Few more than run at a time, because Spark keeps to the order of submission. Where executors
   * come with the work, it must see some.
   */
  @Override
  public int window() {
    int slots = slots();
    boolean elastic = spark.getConf().getBoolean("spark.dynamicAllocation.enabled", false);
    return slots + (elastic ? MAX_WAITING : Math.min(slots, MAX_WAITING));
  }

  @Override
  public int slots() {
    ResourceProfile all = spark.sc().resourceProfileManager().defaultResourceProfile();
    return Math.max(1, spark.sc().maxNumConcurrentTasks(all));
  }

  @Override
  public boolean canPlace() {
    SparkConf conf = spark.getConf();
    return conf.get(MODE, "").equals("FAIR")
        && conf.getTimeAsSeconds(WAIT, "0") >= PLACE_PATIENCE_SECONDS;
  }

  /** In local mode the master sets the number, and the default is one attempt. */
  @Override
  public int maxFailures() {
    Matcher local = LOCAL.matcher(spark.master());
    if (local.matches()) {
      return local.group(1) == null ? 1 : Integer.parseInt(local.group(1));
    }
    return spark.getConf().getInt("spark.task.maxFailures", 4);
  }

  /** Spark says it only to its own scheduler, whichever kind of cluster it learnt it from. */
  @Override
  public Set<String> leaving() {
    if (!spark.getConf().getBoolean(DECOMMISSIONING, false)) {
      return Set.of();
    }
    TaskScheduler scheduler = spark.sc().taskScheduler();
    return runningTasks.executors().stream()
        .filter(executor -> scheduler.getExecutorDecommissionState(executor).isDefined())
        .collect(Collectors.toSet());
  }

  @Override
  public Optional<String> lacking() {
    if (LOCAL.matcher(spark.master()).matches() || spark.sc().getExecutorIds().nonEmpty()) {
      return Optional.empty();
    }
    SparkConf conf = spark.getConf();
    int cores = conf.getInt("spark.executor.cores", 1);
    int gpus = conf.getInt("spark.executor.resource.gpu.amount", 0);
    return Optional.of(
        "%s%s and %s of memory%s"
            .formatted(
                cores == 1 ? "one core" : cores + " cores",
                gpus == 0 ? "" : gpus == 1 ? ", one GPU" : ", %s GPUs".formatted(gpus),
                conf.get("spark.executor.memory", "1g"),
                conf.contains("spark.executor.memoryOverhead")
                    ? " + " + conf.get("spark.executor.memoryOverhead")
                    : ""));
  }

  @Override
  public boolean isStopped() {
    return spark.sc().isStopped();
  }

  @Override
  public Submission submit(Job job, Optional<String> executor) {
    return new Submission(
        job, job.isDistributed() ? runDistributed((HemisphereJob) job) : submitTask(job, executor));
  }

  private Attempt submitTask(Job job, Optional<String> executor) {
    setJobGroup(job);
    Optional<String> place = executor.flatMap(runningTasks::location);
    spark.setLocalProperty("spark.scheduler.pool", place.isPresent() ? FIRST : OTHERS);
    JavaRDD<Job> jobs =
        place.map(at -> at(at, job)).orElseGet(() -> spark.parallelize(List.of(job), 1));
    JavaFutureAction<List<Outcome>> future = jobs.map(new JobTask(inputs)).collectAsync();
    return new Attempt(
        future,
        () ->
            future.jobIds().stream()
                .map(runningTasks::sinceMillis)
                .flatMapToLong(OptionalLong::stream)
                .min(),
        () ->
            future.jobIds().stream()
                .map(runningTasks::executor)
                .flatMap(Optional::stream)
                .filter(id -> !id.equals(TaskResources.IN_DRIVER))
                .findFirst(),
        () -> future.cancel(true));
  }

  /**
   * @param place as Spark writes it
   */
  private JavaRDD<Job> at(String place, Job job) {
    Seq<String> places = JavaConverters.asScalaBuffer(List.of(place)).toSeq();
    return spark
        .sc()
        .makeRDD(
            JavaConverters.asScalaBuffer(List.of(new Tuple2<>(job, places))).toSeq(),
            ClassTag$.MODULE$.<Job>apply(Job.class))
        .toJavaRDD();
  }

  private Attempt runDistributed(HemisphereJob job) {
    AtomicReference<OptionalLong> start = new AtomicReference<>(OptionalLong.empty());
    String group = "data-parallel: " + job.id(); // unique, for cancelling all its Spark jobs
    Future<List<Outcome>> future =
        driver.submit(
            () -> {
              start.set(OptionalLong.of(System.currentTimeMillis()));
              spark.sc().setJobGroup(group, description(job), true);
              return List.of(runWithRetries(job));
            });
    return new Attempt(
        future,
        start::get,
        Optional::empty,
        () -> {
          future.cancel(true);
          spark.sc().cancelJobGroup(group);
        });
  }

  /**
   * @param since when the current attempt started, in milliseconds since the epoch
   * @param where the id of the executor that runs it
   * @param stopping cancels the job
   */
  private record Attempt(
      Future<List<Outcome>> future,
      Supplier<OptionalLong> since,
      Supplier<Optional<String>> where,
      Runnable stopping)
      implements Submission.Attempt {

    @Override
    public OptionalLong runningSinceMillis() {
      return since.get();
    }

    @Override
    public Optional<String> executor() {
      return where.get();
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

  /** Makes as many attempts as Spark does for a task, each resuming from the last checkpoint. */
  private Outcome runWithRetries(HemisphereJob job) throws Exception {
    for (int failures = 1; ; failures++) {
      try {
        return JobTask.outcome(() -> inputs.run(job, this::distribute));
      } catch (Exception e) {
        if (failures >= maxFailures() || Thread.currentThread().isInterrupted() || isStopped()) {
          throw e;
        }
        LOG.warn("{} is retried: {}", job.title(), e.getMessage());
      }
    }
  }

  private EpochTrainer distribute(HemisphereJob job, Network network, ProgressListener listener) {
    return new DataParallelEpochs(spark, job, inputs, network, listener);
  }

  /**
   * Sets how Spark's web UI groups and describes the Spark jobs that the calling thread submits
   * next, and lets cancelling interrupt their tasks.
   */
  private void setJobGroup(Job job) {
    spark.sc().setJobGroup(stage(job), description(job), true);
  }

  /** The group in Spark's web UI. */
  private static String stage(Job job) {
    return job.parents().isEmpty() ? "stage 1: from images" : "stage 2: from trained hemispheres";
  }

  /** The job's title, with the models and variants that need it. */
  private String description(Job job) {
    Set<GridPoint> needing = Objects.requireNonNull(points.get(job));
    return "%s, for %s in %s"
        .formatted(
            job.title(),
            abbreviated(needing.stream().map(GridPoint::model).distinct().toList()),
            abbreviated(needing.stream().map(GridPoint::variant).distinct().toList()));
  }

  private static String abbreviated(List<String> names) {
    String shown = names.stream().limit(MAX_NAMES).collect(Collectors.joining(", "));
    return names.size() <= MAX_NAMES
        ? shown
        : "%s and %s more".formatted(shown, names.size() - MAX_NAMES);
  }

  /** Detaches from Spark, which stays open. */
  @Override
  public void close() {
    driver.shutdownNow();
    spark.sc().removeSparkListener(runningTasks);
  }
}
