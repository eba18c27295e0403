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
import org.bilateralbrain.report.progress.CachedProgress;
import org.bilateralbrain.report.progress.ProgressView;
import org.bilateralbrain.store.Program;
import org.bilateralbrain.store.RunFile;
import org.bilateralbrain.store.SweepStatusFile;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.bilateralbrain.train.Machine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives a sweep: submits each job as soon as its parents are done and processes its outcome. A job
 * that fails for good blocks only its dependents.
 */
public final class Sweep {

  private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

  /**
   * The cluster is polled, because Spark's Java futures have no callbacks. Jobs take minutes to
   * days, so this adds no delay.
   */
  private static final long POLL_MILLIS = 50;

  private static final long STATUS_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * The status of a hundred thousand jobs takes a while to write: not more than a share of the
   * time.
   */
  private static final int STATUS_SHARE = 20;

  /** Distinguishes an idle driver from a dead one for those who follow the sweep elsewhere. */
  private static final long HEARTBEAT_NANOS = SweepStatusFile.HEARTBEAT.toNanos();

  private final SweepSetup setup;
  private final StoreWatch store;
  private final Cluster cluster;
  private final LateTrainings late;
  private final ExecutorWatch executors;
  private final SweepFiles files;
  private final SweepState state;
  private final ProgressLog log;
  private final Schedule schedule;
  private final Pruning pruning;
  private final JobOutcomes outcomes;
  private final List<Submission> submitted = new ArrayList<>();

  /** Creates a cluster's client. */
  public interface ClusterStart {
    /**
     * @param token name of the file by which executors recognise the driver's store
     */
    Cluster start(SweepSetup setup, String token);
  }

  /**
   * Takes stock of the store and connects to the cluster.
   *
   * @param progress where people follow the sweep
   * @throws IOException if the store can't be read
   */
  public Sweep(SweepSetup setup, ClusterStart clusterStart, ProgressView progress)
      throws IOException {
    this.setup = setup;
    Inventory inventory = setup.inventory();
    state = new SweepState(setup.plan(), setup.planFile().plan(), inventory);
    CachedProgress notes = new CachedProgress(setup.store());
    log = new ProgressLog(progress, setup.plan(), notes, state);
    pruning = new Pruning(setup, notes, state, setup.pruned());
    store = new StoreWatch(setup.store(), log::note);
    cluster = clusterStart.start(setup, store.token());
    files = new SweepFiles(setup);
    schedule = new Schedule(setup.plan().jobs());
    schedule.add(inventory.jobs(setup.plan(), Inventory.Action.TRAIN));
    late = new LateTrainings(cluster, state, schedule, notes);
    executors = new ExecutorWatch(cluster, setup.store(), store, late, log);
    outcomes = new JobOutcomes(setup, store, state, schedule, log, pruning, cluster.maxFailures());
  }

  /**
   * Trains what is missing and writes the sweep's results into the store.
   *
   * @throws IOException if the store fails at the start, or the cluster is stopped; failed jobs
   *     only appear in the summary
   */
  public SweepSummary run() throws IOException, InterruptedException {
    long start = System.nanoTime();
    RunFile run = runFile();
    try (store;
        cluster) {
      store.begin();
      files.writeRun(run);
      files.writePlan();
      writeStatus();
      do {
        runJobs();
      } while (outcomes.scheduleOutdated());
      writeStatus();
      SweepResults results = store.retry(files::results);
      String table =
          store.retry(
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
          state.count(State.PRUNED),
          (System.nanoTime() - start) / 1e9,
          results.missing(),
          table);
    }
  }

  private RunFile runFile() {
    return new RunFile(
        setup.planFile().plan(),
        Program.running().toString(),
        setup.source().inWords(),
        setup.planFile().data().digest(),
        cluster.description(),
        Machine.hostName(),
        now(),
        null);
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** Runs jobs until none is left that can run. */
  private void runJobs() throws IOException, InterruptedException {
    boolean changed = false;
    long lastStatus = System.nanoTime();
    long statusInterval = STATUS_INTERVAL_NANOS;
    while (!schedule.isEmpty() || !submitted.isEmpty() || outcomes.hasPending()) {
      boolean storeAvailable = store.isAvailable();
      if (storeAvailable) {
        submit();
      }
      changed |= markStarted();
      changed |= collect();
      changed |= storeAvailable && outcomes.process();
      long age = System.nanoTime() - lastStatus;
      if ((changed && age > statusInterval) || age > HEARTBEAT_NANOS) {
        long start = System.nanoTime();
        writeStatus();
        changed = false;
        lastStatus = System.nanoTime();
        statusInterval = Math.max(STATUS_INTERVAL_NANOS, STATUS_SHARE * (lastStatus - start));
      }
      outcomes.stopOverdue(submitted);
      if (storeAvailable) {
        prune();
        executors.check(submitted);
      }
      log.refresh();
      Thread.sleep(POLL_MILLIS);
    }
  }

  /** Failing to prune stops nothing: the next poll is another chance. */
  private void prune() {
    try {
      pruning.judge(
          submitted.stream()
              .map(Submission::job)
              .filter(job -> state.of(job) == State.RUNNING)
              .toList());
    } catch (IOException e) {
      LOG.warn("Whether trainings have fallen behind can't be judged: {}", e.getMessage());
      store.checkNow();
    }
  }

  /**
   * Failing to write the status doesn't stop the sweep: it only informs people and is soon
   * replaced.
   */
  private void writeStatus() {
    try {
      files.writeStatus(state.file());
    } catch (IOException e) {
      LOG.warn("The sweep's status can't be written: {}", e.getMessage());
      store.checkNow();
    }
  }

  /**
   * Submits jobs, but no more than the cluster soon needs: Spark runs them in the order of
   * submission, and a long job that becomes ready later must not queue behind many short ones. A
   * job that needs the whole cluster runs alone.
   */
  private void submit() throws IOException, InterruptedException {
    if (submitted.isEmpty() && !outcomes.hasPending() && schedule.resumePostponed()) {
      outcomes.rescan();
    }
    int window = cluster.window();
    boolean alone = submitted.stream().anyMatch(each -> each.job().isDistributed());
    while (submitted.size() < window && !alone) {
      Optional<Job> next = schedule.next(job -> submitted.isEmpty() || !job.isDistributed());
      if (next.isEmpty()) {
        return;
      }
      submitted.add(cluster.submit(next.get(), late.placeOf(next.get())));
      alone = next.get().isDistributed();
    }
  }

  /** Marks the jobs that have started since the last call; returns whether there were any. */
  private boolean markStarted() {
    List<Submission> started = submitted.stream().filter(Submission::hasJustStarted).toList();
    started.forEach(submission -> state.set(submission.job(), State.RUNNING, ""));
    return !started.isEmpty();
  }

  /** Collects the outcomes of finished jobs; returns whether there were any. */
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
