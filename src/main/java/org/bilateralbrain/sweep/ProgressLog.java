package org.bilateralbrain.sweep;

import java.time.Duration;
import java.util.Optional;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.grid.SweepPlan;
import org.bilateralbrain.report.progress.ProgressText;
import org.bilateralbrain.report.progress.ProgressView;
import org.bilateralbrain.report.progress.Snapshot;
import org.bilateralbrain.report.progress.Snapshot.ProgressSource;

/** Reports a sweep's progress to people. */
final class ProgressLog {

  private final ProgressView view;
  private final SweepPlan plan;
  private final SweepState state;
  private final ProgressSource notes;
  private final long start = System.nanoTime();

  ProgressLog(ProgressView view, SweepPlan plan, ProgressSource notes, SweepState state) {
    this.view = view;
    this.plan = plan;
    this.state = state;
    this.notes = notes;
  }

  /** Reports an event of one job. */
  void event(String what, Job job, String details) {
    view.event(ProgressText.event(elapsed(), what, plan.title(job), details));
  }

  /** Reports something that concerns no single job. */
  void note(String text) {
    view.event(ProgressText.event(elapsed(), "note", text, ""));
  }

  /** Updates the live view. */
  void refresh() {
    view.refresh(() -> Snapshot.of(state.tracked(), notes, elapsed(), Duration.ZERO));
  }

  private Optional<Duration> elapsed() {
    return Optional.of(Duration.ofNanos(System.nanoTime() - start));
  }
}
