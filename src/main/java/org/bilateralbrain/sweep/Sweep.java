package org.bilateralbrain.sweep;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.JavaSparkStatusTracker;
import org.apache.spark.util.SerializableConfiguration;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepStatusFile.State;

/**
 * The driver of a sweep. Every job is a Spark job of one task: so a job that fails for good fails alone, and a
 * bilateral network starts as soon as its own two hemispheres are there.
 */
public final class Sweep {

  /** Spark's futures call nobody back in Java; against jobs of minutes to days, asking this often is no delay. */
  private static final long POLL_MILLIS = 100;

  private final SweepSetup setup;
  private final JavaSparkContext spark;
  private final Store store;
  private final SweepState state;
  private final ProgressLog log;
  private final JobTask task;
  private final Map<Job, JavaFutureAction<List<Outcome>>> submitted = new LinkedHashMap<>();

  /**
   * @param progress where people are told how it is getting on
   */
  public Sweep(SweepSetup setup, JavaSparkContext spark, PrintWriter progress) {
    this.setup = setup;
    this.spark = spark;
    store = setup.store();
    state = new SweepState(setup.plan(), setup.inventory());
    log = new ProgressLog(progress, store, state);
    task =
        new JobTask(
            store.root().toString(),
            setup.source(),
            setup.config().execution().checkpointEvery(),
            spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration())));
  }

  /**
   * Trains what is missing and writes the sweep's results into the store.
   *
   * @throws IOException if the store fails; jobs that failed are no exception but part of the summary
   */
  public SweepSummary run() throws IOException, InterruptedException {
    long start = System.nanoTime();
    SweepFiles files = new SweepFiles(store, setup.config());
    files.writePlan(setup.plan());
    files.writeStatus(state.file());
    Schedule schedule = new Schedule(setup.inventory().jobs(setup.plan(), Inventory.Action.TRAIN));
    while (!schedule.isEmpty() || !submitted.isEmpty()) {
      submit(schedule);
      if (noteStarted() | collect(schedule)) {
        files.writeStatus(state.file());
      }
      log.summarise();
      Thread.sleep(POLL_MILLIS);
    }
    files.writeStatus(state.file());
    files.writeResults();
    return new SweepSummary(
        state.count(),
        state.count(State.TRAINED),
        state.count(State.REUSED),
        state.count(State.FAILED),
        state.count(State.BLOCKED),
        (System.nanoTime() - start) / 1e9);
  }

  /**
   * Hands out jobs, but no more than the cluster can have use for soon: Spark keeps to the order in which it was given
   * them, and a long job that becomes ready later shall not queue behind all the short ones.
   */
  private void submit(Schedule schedule) {
    int most = Math.max(2, 2 * spark.defaultParallelism());
    while (submitted.size() < most) {
      var next = schedule.next();
      if (next.isEmpty()) {
        return;
      }
      Job job = next.get();
      spark.sc().setJobDescription(job.title());
      submitted.put(job, spark.parallelize(List.of(job), 1).map(task).collectAsync());
    }
  }

  /** Marks the jobs that got a place in the cluster since the last look; says whether there were any. */
  private boolean noteStarted() {
    List<Job> started =
        submitted.keySet().stream()
            .filter(job -> state.of(job) == State.WAITING && isOnExecutor(submitted.get(job)))
            .toList();
    started.forEach(job -> state.set(job, State.RUNNING, ""));
    return !started.isEmpty();
  }

  private boolean isOnExecutor(JavaFutureAction<?> action) {
    JavaSparkStatusTracker tracker = spark.statusTracker();
    return action.jobIds().stream()
        .map(tracker::getJobInfo)
        .filter(Objects::nonNull)
        .flatMapToInt(info -> IntStream.of(info.stageIds()))
        .mapToObj(tracker::getStageInfo)
        .anyMatch(stage -> stage != null && stage.numActiveTasks() > 0);
  }

  /** Takes in finished jobs; says whether there were any. */
  private boolean collect(Schedule schedule) throws IOException, InterruptedException {
    List<Job> finished = submitted.keySet().stream().filter(job -> submitted.get(job).isDone()).toList();
    for (Job job : finished) {
      Outcome outcome = outcome(submitted.remove(job));
      if (outcome instanceof Outcome.Done done) {
        done(job, done.result(), schedule);
      } else if (outcome instanceof Outcome.Failed failure) {
        failed(job, failure.reason(), schedule);
      }
    }
    return !finished.isEmpty();
  }

  private Outcome outcome(JavaFutureAction<List<Outcome>> future) throws IOException, InterruptedException {
    try {
      return future.get().get(0);
    } catch (ExecutionException e) {
      if (spark.sc().isStopped()) {
        throw new IOException("Spark was stopped while jobs were running: run the same command to go on", e);
      }
      return new Outcome.Failed(TaskFailure.reason(e));
    }
  }

  private void done(Job job, String result, Schedule schedule) {
    state.set(job, State.TRAINED, "");
    log.event("done", job, result);
    schedule.done(job);
  }

  private void failed(Job job, String reason, Schedule schedule) {
    state.set(job, State.FAILED, reason);
    log.event("FAILED", job, reason);
    for (Job dependent : schedule.failed(job)) {
      String blockade = "the %s has failed".formatted(job.title());
      state.set(dependent, State.BLOCKED, blockade);
      log.event("BLOCKED", dependent, blockade);
    }
  }
}
