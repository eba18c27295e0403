package org.bilateralbrain.sweep;

import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.store.Progress;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.bilateralbrain.train.JobRunner;

/** Tells a person how a sweep is getting on: a line for each event, and a summary every few seconds. */
final class ProgressLog {

  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Each is a request to the store, which may be far away. */
  private static final int MOST_SHOWN = 16;

  /** Earlier, the time is mostly Java's warming up. */
  private static final double LEAST_DONE_FOR_FORECAST = 0.05;

  private final PrintWriter out;
  private final Store store;
  private final SweepState state;
  private final long start = System.nanoTime();
  private long lastSummary = start;

  ProgressLog(PrintWriter out, Store store, SweepState state) {
    this.out = out;
    this.store = store;
    this.state = state;
  }

  void event(String what, Job job, String details) {
    out.printf("%s %-8s %s: %s%n", clock(), what, job.title(), details);
    out.flush();
  }

  /** Prints a summary if the last one is old enough. */
  void summarise() {
    if (System.nanoTime() - lastSummary < INTERVAL_NANOS) {
      return;
    }
    lastSummary = System.nanoTime();
    double workAll = 0;
    double workDone = 0;
    int running = 0;
    StringBuilder lines = new StringBuilder();
    for (State each : new State[] {State.TRAINED, State.RUNNING, State.WAITING}) {
      for (Job job : state.jobs(each)) {
        double work = job.work();
        workAll += work;
        if (each == State.RUNNING && ++running <= MOST_SHOWN) {
          Optional<Progress> progress = store.readProgress(JobRunner.key(job));
          workDone += work * progress.map(Progress::fraction).orElse(0.0);
          lines.append("         ").append(job.title()).append(": ");
          lines.append(progress.map(Progress::inWords).orElse("starting")).append(System.lineSeparator());
        } else if (each == State.TRAINED) {
          workDone += work;
        }
      }
    }
    if (running > MOST_SHOWN) {
      lines.append("         and %d more%n".formatted(running - MOST_SHOWN));
    }
    out.printf(
        "%s %d of %d jobs done, %d running, %d failed, %d waiting%s%n%s",
        clock(),
        state.count(State.TRAINED) + state.count(State.REUSED),
        state.count(),
        state.count(State.RUNNING),
        state.count(State.FAILED) + state.count(State.BLOCKED),
        state.count(State.WAITING),
        timeLeft(workDone, workAll),
        lines);
    out.flush();
  }

  private String timeLeft(double done, double all) {
    if (done < LEAST_DONE_FOR_FORECAST * all) {
      return "";
    }
    double elapsed = (System.nanoTime() - start) / 1e9;
    return "; about " + duration(elapsed * (all - done) / done) + " left";
  }

  private String clock() {
    return "[" + duration((System.nanoTime() - start) / 1e9) + "]";
  }

  static String duration(double seconds) {
    long s = Math.round(seconds);
    if (s < 60) {
      return s + " s";
    }
    return s < 3600
        ? "%d min %02d s".formatted(s / 60, s % 60)
        : "%d h %02d min".formatted(s / 3600, s % 3600 / 60);
  }
}
