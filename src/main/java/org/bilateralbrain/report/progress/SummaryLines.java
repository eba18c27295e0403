package org.bilateralbrain.report.progress;

import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A log of summaries alone: one at first, one whenever something has happened, and one a minute.
 */
public final class SummaryLines implements ProgressView {

  private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final PrintWriter out;
  private long lastSummary = System.nanoTime() - INTERVAL_NANOS;
  private boolean changed;

  public SummaryLines(PrintWriter out) {
    this.out = out;
  }

  /** What it was is in the figures of the next summary. */
  @Override
  public void event(String line) {
    changed = true;
  }

  @Override
  public void refresh(Supplier<Snapshot> snapshot) {
    if (changed || System.nanoTime() - lastSummary >= INTERVAL_NANOS) {
      changed = false;
      lastSummary = System.nanoTime();
      out.println(ProgressText.summary(snapshot.get()));
      out.flush();
    }
  }
}
