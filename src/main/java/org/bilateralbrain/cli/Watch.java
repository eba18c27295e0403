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

/** Follows a sweep that runs elsewhere, from its store alone. */
final class Watch {

  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

  private final StoredSweep sweep;
  private final ProgressView view;
  private final Duration pause;
  private final Map<ArtifactKey, State> known = new HashMap<>();

  /**
   * @param pause between two looks
   */
  Watch(StoredSweep sweep, ProgressView view, Duration pause) {
    this.sweep = sweep;
    this.view = view;
    this.pause = pause;
  }

  /**
   * Until nothing is running or waiting any more.
   *
   * @return the last look; empty if the store knows no such sweep
   * @throws IOException if the store can't be read at first
   */
  Optional<StoredSweep.Look> untilItIsOver() throws IOException, InterruptedException {
    Optional<StoredSweep.Look> look = sweep.look();
    while (look.isPresent()) {
      StoredSweep.Look last = look.get();
      tell(last);
      view.refresh(last::snapshot);
      if (last.snapshot().isOver()) {
        return look;
      }
      Thread.sleep(pause.toMillis());
      look = lookAgain(last);
    }
    return look;
  }

  /** Whoever watches for days shall not be sent away because the store does not answer once. */
  private Optional<StoredSweep.Look> lookAgain(StoredSweep.Look last) {
    try {
      return sweep.look();
    } catch (IOException e) {
      LOG.warn("The sweep's state could not be read: {}", e.getMessage());
      return Optional.of(last);
    }
  }

  private void tell(StoredSweep.Look look) {
    if (known.isEmpty()) {
      look.jobs().stream()
          .filter(job -> job.state() == State.FAILED)
          .forEach(job -> tell(Optional.empty(), job));
    } else {
      look.jobs().stream()
          .filter(job -> job.state() != known.get(job.key()))
          .forEach(job -> tell(look.snapshot().elapsed(), job));
    }
    look.jobs().forEach(job -> known.put(job.key(), job.state()));
  }

  /**
   * @param when it happened; empty if nobody was looking
   */
  private void tell(Optional<Duration> when, StoredSweep.Job job) {
    switch (job.state()) {
      case TRAINED -> view.event(ProgressText.event(when, "done", job.title(), ""));
      case FAILED, BLOCKED ->
          view.event(
              ProgressText.event(when, job.state().name(), job.title(), job.status().reason()));
      case WAITING, RUNNING, REUSED -> {
        // seen in the figures
      }
    }
  }
}
