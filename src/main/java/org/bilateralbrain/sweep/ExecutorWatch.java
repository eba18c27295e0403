package org.bilateralbrain.sweep;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bilateralbrain.store.Moves;
import org.bilateralbrain.store.Store;
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

  /** Long enough to tell the pace of a training. */
  private static final long LATE_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(2);

  /** Reading the progress of thousands of jobs takes not more than a share of the time. */
  private static final int LATE_SHARE = 20;

  private final Cluster cluster;
  private final Store store;
  private final StoreWatch watch;
  private final LateTrainings late;
  private final ProgressLog log;
  private Moves announced = Moves.NONE;
  private long lookedForLeaving = System.nanoTime();
  private long lookedForLate = System.nanoTime();
  private long lateInterval = LATE_INTERVAL_NANOS;
  private long lookedForAny = System.nanoTime();

  ExecutorWatch(
      Cluster cluster, Store store, StoreWatch watch, LateTrainings late, ProgressLog log) {
    this.cluster = cluster;
    this.store = store;
    this.watch = watch;
    this.late = late;
    this.log = log;
  }

  /** To be polled while the store responds. */
  void check(List<Submission> submitted) {
    long now = System.nanoTime();
    try {
      if (now - lookedForLate > lateInterval) {
        lookedForLate = now;
        late.look(submitted, now);
        lateInterval = Math.max(LATE_INTERVAL_NANOS, LATE_SHARE * (System.nanoTime() - now));
      }
      if (now - lookedForLeaving > LEAVING_INTERVAL_NANOS) {
        lookedForLeaving = now;
        announce(new Moves(cluster.leaving(), late.moving(submitted)));
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

  /** Spark waits without a word for executors that no machine can ever run. */
  private void complain(String what) {
    log.note(
        "No executor is there yet. Does the cluster have a machine with %s free?".formatted(what));
  }
}
