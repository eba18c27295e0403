package org.bilateralbrain.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bilateralbrain.report.progress.ProgressText;
import org.bilateralbrain.report.progress.ProgressView;
import org.bilateralbrain.report.progress.StoredSweep;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows a sweep that may be running elsewhere, by reading its store. */
final class Watch {

  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

  private final StoredSweep sweep;
  private final ProgressView view;
  private final Duration pause;
  private final Map<ArtifactKey, State> known = new HashMap<>();

  /**
   * @param pause between two reads of the store
   */
  Watch(StoredSweep sweep, ProgressView view, Duration pause) {
    this.sweep = sweep;
    this.view = view;
    this.pause = pause;
  }

  /**
   * Returns once nothing is running or waiting any more.
   *
   * @return the last status; empty if the store has no such sweep
   * @throws IOException if the store can't be read at the start
   */
  Optional<StoredSweep.Status> untilItIsOver() throws IOException, InterruptedException {
    Optional<StoredSweep.Status> status = sweep.read();
    while (status.isPresent()) {
      StoredSweep.Status last = status.get();
      report(last);
      view.refresh(last::snapshot);
      if (last.snapshot().isOver()) {
        return status;
      }
      Thread.sleep(pause.toMillis());
      status = readAgain(last);
    }
    return status;
  }

  /** A store that fails once doesn't end a watch of days. */
  private Optional<StoredSweep.Status> readAgain(StoredSweep.Status last) {
    try {
      return sweep.read();
    } catch (IOException e) {
      LOG.warn("Could not read the sweep's status: {}", e.getMessage());
      return Optional.of(last);
    }
  }

  private void report(StoredSweep.Status status) {
    if (known.isEmpty()) {
      status.jobs().stream()
          .filter(job -> job.state() == State.FAILED)
          .forEach(job -> report(Optional.empty(), job));
    } else {
      status.jobs().stream()
          .filter(job -> job.state() != known.get(job.key()))
          .forEach(job -> report(status.snapshot().elapsed(), job));
    }
    status.jobs().forEach(job -> known.put(job.key(), job.state()));
  }

  /**
   * @param when it happened; empty if that was before the watch
   */
  private void report(Optional<Duration> when, StoredSweep.Job job) {
    switch (job.state()) {
      case TRAINED -> view.event(ProgressText.event(when, "done", job.title(), ""));
      case FAILED, BLOCKED, PRUNED ->
          view.event(
              ProgressText.event(when, job.state().name(), job.title(), job.status().reason()));
      case WAITING, RUNNING, REUSED -> {
        // visible in the counts
      }
    }
  }
}
