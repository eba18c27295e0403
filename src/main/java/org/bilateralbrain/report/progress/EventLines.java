package org.bilateralbrain.report.progress;

import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A log: a line for each event, and a summary every minute. */
public final class EventLines implements ProgressView {

  private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final PrintWriter out;
  private long lastSummary = System.nanoTime();

  public EventLines(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void event(String line) {
    out.println(line);
    out.flush();
  }

  @Override
  public void refresh(Supplier<Snapshot> snapshot) {
    if (System.nanoTime() - lastSummary >= INTERVAL_NANOS) {
      lastSummary = System.nanoTime();
      event(ProgressText.summary(snapshot.get()));
    }
  }

  /** A log of summaries only: one at the start, one after each change, and one every minute. */
  public static final class Summaries implements ProgressView {

    private final PrintWriter out;
    private long lastSummary = System.nanoTime() - INTERVAL_NANOS;
    private boolean changed;

    public Summaries(PrintWriter out) {
      this.out = out;
    }

    /** The counts of the next summary show what it was. */
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
}
