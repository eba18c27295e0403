package org.bilateralbrain.report.progress;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Progress;
import org.bilateralbrain.store.SweepStatusFile;
import org.bilateralbrain.store.SweepStatusFile.State;

/**
 * The progress of a sweep at one moment.
 *
 * @param counts of jobs by state
 * @param running all running jobs; the first few with their progress
 * @param elapsed since the run started; empty if unknown
 * @param silence since the driver's last heartbeat; zero in the driver itself
 */
public record Snapshot(
    Map<State, Integer> counts,
    Work work,
    List<Running> running,
    Optional<Duration> elapsed,
    Duration silence) {

  /** Each read is a request to the store, which may be remote. */
  private static final int MAX_PROGRESS_READS = 16;

  /** Before that, the JVM's warm-up distorts the pace. */
  private static final double MIN_DONE_FOR_FORECAST = 0.05;

  /** Long enough that a slow store or differing clocks don't look like a dead driver. */
  private static final Duration LONG_SILENCE = SweepStatusFile.HEARTBEAT.multipliedBy(3);

  /**
   * A job that the sweep needs. There can be thousands: the title and the key, which are costly,
   * are asked of running jobs only.
   */
  public interface Job {
    State state();

    /** In an arbitrary unit. */
    double work();

    String title();

    ArtifactKey key();
  }

  /** Where the progress of running jobs is read. */
  public interface ProgressSource {
    Optional<Progress> read(ArtifactKey key);

    /** Announces which will be read next, so that it can be done at the same time. */
    default void prefetch(Collection<ArtifactKey> keys) throws IOException {}
  }

  /**
   * Work in the unit of {@link Job#work}, without failed, blocked and pruned jobs.
   *
   * @param reused done before this run
   * @param done by this run, including the done part of running jobs
   * @param left still to do
   */
  public record Work(double reused, double done, double left) {

    double shareDone() {
      double all = reused + done + left;
      return all == 0 ? 1 : (reused + done) / all;
    }

    /** Of this run's own work. */
    double shareDoneByThisRun() {
      return done + left == 0 ? 1 : done / (done + left);
    }
  }

  /**
   * @param progress empty before the job first reports any
   */
  public record Running(String title, Optional<Progress> progress) {

    double fraction() {
      return progress.map(Progress::fraction).orElse(0.0);
    }
  }

  public static Snapshot of(
      Iterable<? extends Job> jobs,
      ProgressSource source,
      Optional<Duration> elapsed,
      Duration silence) {
    Map<State, Integer> counts = new EnumMap<>(State.class);
    Map<State, Double> work = new EnumMap<>(State.class);
    List<Running> running = new ArrayList<>();
    double doneOfRunning = 0;
    for (Job job : jobs) {
      counts.merge(job.state(), 1, Integer::sum);
      work.merge(job.state(), job.work(), Double::sum);
      if (job.state() == State.RUNNING) {
        Running each =
            new Running(
                job.title(),
                running.size() < MAX_PROGRESS_READS ? source.read(job.key()) : Optional.empty());
        running.add(each);
        doneOfRunning += job.work() * each.fraction();
      }
    }
    double reused = work.getOrDefault(State.REUSED, 0.0);
    double done = work.getOrDefault(State.TRAINED, 0.0) + doneOfRunning;
    double left =
        work.getOrDefault(State.WAITING, 0.0)
            + work.getOrDefault(State.RUNNING, 0.0)
            - doneOfRunning;
    return new Snapshot(
        Collections.unmodifiableMap(counts),
        new Work(reused, done, Math.max(0, left)),
        List.copyOf(running),
        elapsed,
        silence);
  }

  int count(State... states) {
    int count = 0;
    for (State state : states) {
      count += counts.getOrDefault(state, 0);
    }
    return count;
  }

  int countAll() {
    return count(State.values());
  }

  int countDone() {
    return count(State.TRAINED, State.REUSED);
  }

  int countLost() {
    return count(State.FAILED, State.BLOCKED);
  }

  /** Whether nothing is running or waiting any more. */
  public boolean isOver() {
    return count(State.RUNNING, State.WAITING) == 0;
  }

  /** Whether several heartbeats of the driver are overdue. */
  public boolean isDriverSilent() {
    return !isOver() && silence.compareTo(LONG_SILENCE) > 0;
  }

  /**
   * At the pace so far, but no less than the slowest running job still needs. Empty while too
   * little is done for a forecast, and if the driver is silent.
   */
  OptionalDouble secondsLeft() {
    double share = work.shareDoneByThisRun();
    if (elapsed.isEmpty() || isOver() || isDriverSilent() || share < MIN_DONE_FOR_FORECAST) {
      return OptionalDouble.empty();
    }
    double atThisPace = elapsed.get().toMillis() / 1e3 * (1 - share) / share;
    double slowest =
        running.stream()
            .flatMap(job -> job.progress().stream())
            .mapToDouble(progress -> progress.secondsLeft().orElse(0))
            .max()
            .orElse(0);
    return OptionalDouble.of(Math.max(atThisPace, slowest));
  }
}
