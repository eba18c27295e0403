package org.bilateralbrain.sweep;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bilateralbrain.store.LeavingExecutors;
import org.bilateralbrain.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the cluster's executors: tells trainings whose executors were told to leave, and says so
 * if there are none.
 */
final class ExecutorWatch {

  private static final Logger LOG = LoggerFactory.getLogger(ExecutorWatch.class);

  /** A machine that is taken away gives at least half a minute's notice. */
  private static final long LEAVING_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long LACKING_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Cluster cluster;
  private final Store store;
  private final StoreWatch watch;
  private final ProgressLog log;
  private Set<String> announced = Set.of();
  private long lookedForLeaving = System.nanoTime();
  private long lookedForAny = System.nanoTime();

  ExecutorWatch(Cluster cluster, Store store, StoreWatch watch, ProgressLog log) {
    this.cluster = cluster;
    this.store = store;
    this.watch = watch;
    this.log = log;
  }

  /**
   * To be polled while the store responds.
   *
   * @param needed whether jobs are submitted, so that there should be executors
   */
  void check(boolean needed) {
    long now = System.nanoTime();
    if (now - lookedForLeaving > LEAVING_INTERVAL_NANOS) {
      lookedForLeaving = now;
      announce(cluster.leaving());
    }
    if (now - lookedForAny > LACKING_INTERVAL_NANOS) {
      lookedForAny = now;
      if (needed) {
        cluster.lacking().ifPresent(this::complain);
      }
    }
  }

  /** Failing to tell them loses only what was done since the last checkpoint. */
  private void announce(Set<String> leaving) {
    if (leaving.equals(announced)) {
      return;
    }
    try {
      new LeavingExecutors(leaving).write(store, watch.token());
      announced = leaving;
    } catch (IOException e) {
      LOG.warn("Trainings can't be told that their executors leave: {}", e.getMessage());
      watch.checkNow();
    }
  }

  /** Spark waits without a word for executors that no machine can ever run. */
  private void complain(String what) {
    log.note(
        "No executor is there yet. Does the cluster have a machine with %s free?".formatted(what));
  }
}
