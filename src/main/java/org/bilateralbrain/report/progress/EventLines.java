package org.bilateralbrain.report.progress;

import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A log: a line for each event, and a summary once a minute. */
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
}
