package org.bilateralbrain.sweep;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.report.SweepResults;
import org.bilateralbrain.report.progress.ProgressView;
import org.bilateralbrain.store.Program;
import org.bilateralbrain.store.RunFile;
import org.bilateralbrain.store.SweepStatusFile;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.bilateralbrain.train.Machine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver of a sweep. Every job is a Spark job of one task: so a job that fails for good fails
 * alone, and a bilateral network starts as soon as its own two hemispheres are there.
 */
public final class Sweep {

  private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

  /**
   * Spark's futures call nobody back in Java; against jobs of minutes to days, asking this often is
   * no delay.
   */
  private static final long POLL_MILLIS = 50;

  /** The status of thousands of jobs takes a while to write. */
  private static final long STATUS_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * For whoever follows the sweep from elsewhere: so they can tell a quiet driver from a dead one.
   */
  private static final long HEARTBEAT_NANOS = SweepStatusFile.HEARTBEAT.toNanos();

  private final SweepSetup setup;
  private final StoreWatch store;
  private final Cluster cluster;
  private final SweepFiles files;
  private final SweepState state;
  private final ProgressLog log;
  private final Schedule schedule;
  private final JobOutcomes outcomes;
  private final List<Submission> submitted = new ArrayList<>();

  /** What a cluster is made of, once the driver's token in the store is known. */
  public interface ClusterStart {
    Cluster start(SweepSetup setup, String token);
  }

  /**
   * @param progress where people follow it
   */
  public Sweep(SweepSetup setup, ClusterStart clusterStart, ProgressView progress)
      throws IOException {
    this.setup = setup;
    Inventory inventory = setup.inventory();
    state = new SweepState(setup.plan(), setup.planFile().plan(), inventory);
    log = new ProgressLog(progress, setup.store(), state);
    store = new StoreWatch(setup.store(), log::note);
    cluster = clusterStart.start(setup, store.token());
    files = new SweepFiles(setup);
    schedule = new Schedule(setup.plan().jobs());
    schedule.add(inventory.jobs(setup.plan(), Inventory.Action.TRAIN));
    outcomes = new JobOutcomes(setup, store, state, schedule, log, cluster.maxFailures());
  }

  /**
   * Trains what is missing and writes the sweep's results into the store.
   *
   * @throws IOException if the store fails at the start; jobs that failed are no exception but part
   *     of the summary
   */
  public SweepSummary run() throws IOException, InterruptedException {
    long start = System.nanoTime();
    RunFile run = describe();
    store.begin();
    try (store;
        cluster) {
      files.writeRun(run);
      files.writePlan();
      noteStatus();
      do {
        work();
      } while (outcomes.planAgain());
      noteStatus();
      SweepResults results = store.patiently(files::results);
      String table =
          store.patiently(
              () -> {
                String written = files.writeResults(results);
                files.writeRun(run.finishedAt(now()));
                return written;
              });
      return new SweepSummary(
          state.count(),
          state.count(State.TRAINED),
          state.count(State.REUSED),
          state.count(State.FAILED),
          state.count(State.BLOCKED),
          (System.nanoTime() - start) / 1e9,
          results.missing(),
          table);
    }
  }

  private RunFile describe() {
    return new RunFile(
        setup.planFile().plan(),
        Program.running().toString(),
        setup.source().inWords(),
        setup.planFile().data().digest(),
        cluster.inWords(),
        Machine.hostName(),
        now(),
        null);
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** Until nothing can be done any more. */
  private void work() throws IOException, InterruptedException {
    boolean changed = false;
    long lastStatus = System.nanoTime();
    while (!schedule.isEmpty() || !submitted.isEmpty() || outcomes.areUnsettled()) {
      boolean storeAnswers = store.answers();
      if (storeAnswers) {
        submit();
      }
      changed |= noteStarted();
      changed |= collect();
      changed |= storeAnswers && outcomes.settle();
      long age = System.nanoTime() - lastStatus;
      if ((changed && age > STATUS_INTERVAL_NANOS) || age > HEARTBEAT_NANOS) {
        noteStatus();
        changed = false;
        lastStatus = System.nanoTime();
      }
      outcomes.stopWhatTakesTooLong(submitted);
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
      store.suspect();
    }
  }

  /**
   * Hands out jobs, but no more than the cluster can have use for soon: Spark keeps to the order in
   * which it was given them, and a long job that becomes ready later shall not queue behind all the
   * short ones. A job that needs the whole cluster gets it.
   */
  private void submit() throws IOException, InterruptedException {
    if (submitted.isEmpty() && !outcomes.areUnsettled() && schedule.resumePostponed()) {
      outcomes.lookAgain();
    }
    int most = cluster.window();
    while (submitted.size() < most
        && submitted.stream().noneMatch(each -> each.job().isDistributed())) {
      Optional<Job> next = schedule.next(job -> submitted.isEmpty() || !job.isDistributed());
      if (next.isEmpty()) {
        return;
      }
      submitted.add(cluster.submit(next.get()));
    }
  }

  /**
   * Marks the jobs that got a place in the cluster since the last look; says whether there were
   * any.
   */
  private boolean noteStarted() {
    List<Submission> started =
        submitted.stream()
            .filter(
                submission -> state.of(submission.job()) == State.WAITING && submission.isRunning())
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
      if (cluster.isStopped()) {
        throw new IOException(
            "Spark was stopped while jobs were running: run the same command to resume");
      }
      outcomes.add(submission, outcome);
    }
    return !finished.isEmpty();
  }
}
