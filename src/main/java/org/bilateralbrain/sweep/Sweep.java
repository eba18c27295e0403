package org.bilateralbrain.sweep;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.java.JavaSparkContext;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.store.Program;
import org.bilateralbrain.store.RunFile;
import org.bilateralbrain.report.progress.ProgressView;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepStatusFile;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.bilateralbrain.train.Machine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver of a sweep. Every job is a Spark job of one task: so a job that fails for good fails alone, and a
 * bilateral network starts as soon as its own two hemispheres are there.
 */
public final class Sweep {

  private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

  /** Spark's futures call nobody back in Java; against jobs of minutes to days, asking this often is no delay. */
  private static final long POLL_MILLIS = 50;

  /** The status of thousands of jobs takes a while to write. */
  private static final long STATUS_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** For whoever follows the sweep from elsewhere: so they can tell a quiet driver from a dead one. */
  private static final long HEARTBEAT_NANOS = SweepStatusFile.HEARTBEAT.toNanos();

  private final SweepSetup setup;
  private final Optional<Duration> timeout;
  private final SparkJobs spark;
  private final SweepFiles files;
  private final SweepState state;
  private final ProgressLog log;
  private final Schedule schedule;
  private final List<Submission> submitted = new ArrayList<>();
  private final Map<Job, Integer> timeouts = new HashMap<>();

  /**
   * @param progress where people are told how it is getting on
   */
  public Sweep(SweepSetup setup, JavaSparkContext context, ProgressView progress) throws IOException {
    this.setup = setup;
    timeout = setup.config().execution().jobTimeout();
    spark = new SparkJobs(setup, context);
    Store store = setup.store();
    files = new SweepFiles(store, setup.config());
    Inventory inventory = setup.inventory();
    state = new SweepState(setup.plan(), inventory);
    log = new ProgressLog(progress, store, state);
    schedule = new Schedule(inventory.jobs(setup.plan(), Inventory.Action.TRAIN));
  }

  /**
   * Trains what is missing and writes the sweep's results into the store.
   *
   * @throws IOException if the store fails; jobs that failed are no exception but part of the summary
   */
  public SweepSummary run() throws IOException, InterruptedException {
    long start = System.nanoTime();
    RunFile run = describe();
    files.writeRun(run);
    files.writePlan(setup.plan());
    noteStatus();
    try (spark) {
      work();
    }
    noteStatus();
    files.writeResults();
    files.writeRun(run.finishedAt(now()));
    return new SweepSummary(
        state.count(),
        state.count(State.TRAINED),
        state.count(State.REUSED),
        state.count(State.FAILED),
        state.count(State.BLOCKED),
        (System.nanoTime() - start) / 1e9);
  }

  private RunFile describe() {
    return new RunFile(
        Program.running().toString(),
        setup.source().inWords(),
        setup.plan().cells().get(0).job().data().digest(),
        spark.inWords(),
        Machine.hostName(),
        now(),
        null);
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private void work() throws IOException, InterruptedException {
    boolean changed = false;
    long lastStatus = System.nanoTime();
    while (!schedule.isEmpty() || !submitted.isEmpty()) {
      submit();
      changed |= noteStarted() | collect();
      long age = System.nanoTime() - lastStatus;
      if (changed && age > STATUS_INTERVAL_NANOS || age > HEARTBEAT_NANOS) {
        noteStatus();
        changed = false;
        lastStatus = System.nanoTime();
      }
      timeout.ifPresent(limit -> submitted.forEach(submission -> submission.stopAfter(limit)));
      log.refresh();
      Thread.sleep(POLL_MILLIS);
    }
  }

  /** For people, and soon replaced: while it can't be written, days of work go on. */
  private void noteStatus() {
    try {
      files.writeStatus(state.file());
    } catch (IOException e) {
      LOG.warn("The sweep's status could not be noted: {}", e.getMessage());
    }
  }

  /**
   * Hands out jobs, but no more than the cluster can have use for soon: Spark keeps to the order in which it was given
   * them, and a long job that becomes ready later shall not queue behind all the short ones. A job that needs the whole
   * cluster gets it.
   */
  private void submit() {
    int most = spark.window();
    while (submitted.size() < most && submitted.stream().noneMatch(each -> each.job().isDistributed())) {
      Optional<Job> next = schedule.next(job -> submitted.isEmpty() || !job.isDistributed());
      if (next.isEmpty()) {
        return;
      }
      submitted.add(spark.submit(next.get()));
    }
  }

  /** Marks the jobs that got a place in the cluster since the last look; says whether there were any. */
  private boolean noteStarted() {
    List<Submission> started =
        submitted.stream()
            .filter(submission -> state.of(submission.job()) == State.WAITING && submission.isRunning())
            .toList();
    started.forEach(submission -> state.set(submission.job(), State.RUNNING, ""));
    return !started.isEmpty();
  }

  /** Takes in finished jobs; says whether there were any. */
  private boolean collect() throws IOException, InterruptedException {
    List<Submission> finished = submitted.stream().filter(Submission::isDone).toList();
    submitted.removeAll(finished);
    for (Submission submission : finished) {
      Outcome outcome = submission.outcome();
      if (spark.areStopped()) {
        throw new IOException("Spark was stopped while jobs were running: run the same command to go on");
      }
      Job job = submission.job();
      if (outcome instanceof Outcome.Done done) {
        done(job, done.result());
      } else if (submission.timedOut()) {
        timedOut(job);
      } else if (outcome instanceof Outcome.Failed failure) {
        failed(job, failure.reason());
      }
    }
    return !finished.isEmpty();
  }

  private void done(Job job, String result) {
    state.set(job, State.TRAINED, "");
    log.event("done", job, result);
    schedule.done(job);
  }

  private void timedOut(Job job) {
    int count = timeouts.merge(job, 1, Integer::sum);
    String reason = "it ran for longer than job-timeout, %s s".formatted(timeout.orElseThrow().toSeconds());
    if (count < spark.maxFailures()) {
      state.set(job, State.WAITING, "");
      log.event("stopped", job, reason + "; it is tried again");
      schedule.again(job);
    } else {
      failed(job, "%s, %s times; raise it, or run again to go on from the last checkpoint".formatted(reason, count));
    }
  }

  private void failed(Job job, String reason) {
    state.set(job, State.FAILED, reason);
    log.event("FAILED", job, reason);
    for (Job dependent : schedule.failed(job)) {
      String blockade = "the %s has failed".formatted(job.title());
      state.set(dependent, State.BLOCKED, blockade);
      log.event("BLOCKED", dependent, blockade);
    }
  }
}
