package org.bilateralbrain.sweep;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bilateralbrain.grid.FeaturesJob;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.report.progress.Snapshot.ProgressSource;
import org.bilateralbrain.store.Moves;
import org.bilateralbrain.store.Progress;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.bilateralbrain.sweep.StragglerRule.Running;
import org.bilateralbrain.train.JobRunner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the cluster's executors. Trainings are to go on elsewhere if their executor was told to
 * leave, or is so slow that the sweep would wait for it at its end, or if they make room for one
 * that would. Says so if there are no executors.
 */
final class ExecutorWatch {

  private static final Logger LOG = LoggerFactory.getLogger(ExecutorWatch.class);

  /** A machine that is taken away gives at least half a minute's notice. */
  private static final long LEAVING_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long LACKING_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** Each time, the progress of all running jobs is read. */
  private static final long LATE_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(5);

  /** Where all executors are slow at times, a training must still come to its end. */
  private static final int MAX_MOVES = 3;

  private static final Set<State> UNFINISHED = EnumSet.of(State.WAITING, State.RUNNING);

  private final Cluster cluster;
  private final Store store;
  private final StoreWatch watch;
  private final SweepState state;
  private final Schedule schedule;
  private final ProgressSource notes;
  private final ProgressLog log;
  private final StragglerRule stragglers = new StragglerRule();
  private final Map<Job, Integer> moves = new HashMap<>();
  private Moves announced = Moves.NONE;

  /** Trainings that are to go on elsewhere. */
  private final Set<Submission> moving = new HashSet<>();

  /** By the jobs that are to take their executors. */
  private final Map<Job, Submission> partners = new HashMap<>();

  private long lookedForLeaving = System.nanoTime();
  private long lookedForLate = System.nanoTime();
  private long lookedForAny = System.nanoTime();

  ExecutorWatch(
      Cluster cluster,
      Store store,
      StoreWatch watch,
      SweepState state,
      Schedule schedule,
      ProgressSource notes,
      ProgressLog log) {
    this.cluster = cluster;
    this.store = store;
    this.watch = watch;
    this.state = state;
    this.schedule = schedule;
    this.notes = notes;
    this.log = log;
  }

  /** To be polled while the store responds. */
  void check(List<Submission> submitted) {
    long now = System.nanoTime();
    try {
      if (now - lookedForLate > LATE_INTERVAL_NANOS) {
        lookedForLate = now;
        moveLate(submitted);
      }
      if (now - lookedForLeaving > LEAVING_INTERVAL_NANOS) {
        lookedForLeaving = now;
        moving.retainAll(
            submitted); // what has moved was submitted anew, perhaps to the same executor
        announce(new Moves(cluster.leaving(), executorsOfMoving()));
      }
    } catch (IOException e) { // only what was done since the last checkpoint may be lost
      LOG.warn("Trainings can't be told to go on elsewhere: {}", e.getMessage());
      watch.checkNow();
    }
    if (now - lookedForAny > LACKING_INTERVAL_NANOS) {
      lookedForAny = now;
      if (!submitted.isEmpty()) {
        cluster.lacking().ifPresent(this::complain);
      }
    }
  }

  private void announce(Moves current) throws IOException {
    if (!current.equals(announced)) {
      current.write(store, watch.token());
      announced = current;
    }
  }

  /** By the ids of trainings. */
  private Map<String, String> executorsOfMoving() {
    Map<String, String> executors = new HashMap<>();
    for (Submission each : moving) {
      each.executor().ifPresent(at -> executors.put(JobRunner.key(each.job()).id(), at));
    }
    return executors;
  }

  /** Decides which trainings are to move. */
  void moveLate(Collection<Submission> submitted) throws IOException {
    List<Submission> onExecutors =
        submitted.stream().filter(each -> each.executor().isPresent()).toList();
    notes.prefetch(onExecutors.stream().map(each -> JobRunner.key(each.job())).toList());
    double workLeft = state.workLeft();
    List<Running<Submission>> running = new ArrayList<>();
    for (Submission each : onExecutors) {
      Optional<Progress> progress = notes.read(JobRunner.key(each.job()));
      if (progress.isPresent() && progress.get().secondsLeft().orElse(0) > 0) {
        double work = state.work(each.job());
        double done = progress.get().fraction();
        workLeft -= work * done;
        running.add(
            new Running<>(
                each,
                work,
                1 - done,
                progress.get().secondsLeft().getAsDouble(),
                schedule.chain(each.job()) - work));
      }
    }
    partners.keySet().removeIf(job -> !UNFINISHED.contains(state.of(job)));
    running.removeIf(each -> mustStay(each.job()));
    boolean waiting = onExecutors.size() < submitted.size();
    for (StragglerRule.Move<Submission> move :
        stragglers.moves(running, onExecutors.size(), waiting, workLeft)) {
      moving.add(move.late());
      moves.merge(move.late().job(), 1, Integer::sum);
      move.partner()
          .ifPresent(
              partner -> {
                partners.put(move.late().job(), partner);
                moves.merge(partner.job(), 1, Integer::sum);
              });
    }
  }

  private boolean mustStay(Submission each) {
    return each.job() instanceof FeaturesJob // they have no checkpoints
        || moving.contains(each)
        || partners.containsValue(each)
        || moves.getOrDefault(each.job(), 0) == MAX_MOVES;
  }

  /**
   * The executor that a job is to take, if it isn't just any. The training there is told to go on
   * elsewhere; not earlier, because others would take its place.
   */
  Optional<String> placeOf(Job job) {
    Optional<Submission> partner =
        Optional.ofNullable(partners.remove(job)).filter(each -> !each.isDone());
    partner.ifPresent(moving::add);
    return partner.flatMap(Submission::executor);
  }

  /** Spark waits without a word for executors that no machine can ever run. */
  private void complain(String what) {
    log.note(
        "No executor is there yet. Does the cluster have a machine with %s free?".formatted(what));
  }
}
