package org.bilateralbrain.report.progress;

import java.time.Duration;
import java.util.ArrayList;
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
 * How far a sweep is at one moment.
 *
 * @param counts of jobs
 * @param running all running jobs; of the first few with their notes
 * @param elapsed since the run started; empty if nobody knows
 * @param silence since the driver was last heard of; zero for the driver itself
 */
public record Snapshot(
    Map<State, Integer> counts,
    Work work,
    List<Running> running,
    Optional<Duration> elapsed,
    Duration silence) {

  /** Each is a request to the store, which may be far away. */
  private static final int MAX_NOTES = 16;

  /** Earlier, the time is mostly Java's warming up. */
  private static final double MIN_DONE_FOR_FORECAST = 0.05;

  /** A slow store, or clocks that differ, shall not be taken for a dead driver. */
  private static final Duration LONG_SILENCE = SweepStatusFile.HEARTBEAT.multipliedBy(3);

  /**
   * A job that the sweep needs. The driver has thousands: what is costly to tell is asked of
   * running ones alone.
   */
  public interface Job {
    State state();

    /** In an arbitrary unit. */
    double work();

    String title();

    ArtifactKey key();
  }

  /** Where progress notes are read. */
  public interface Notes {
    Optional<Progress> read(ArtifactKey key);
  }

  /**
   * How much there is to do, in the unit of {@link Job#work}; without what can't be done because of
   * a failure.
   *
   * @param reused what was done before this run
   * @param done by this run
   */
  public record Work(double reused, double done, double left) {

    double shareDone() {
      double all = reused + done + left;
      return all == 0 ? 1 : (reused + done) / all;
    }

    /** Of what this run has to do. */
    double shareDoneByThisRun() {
      return done + left == 0 ? 1 : done / (done + left);
    }
  }

  /**
   * @param progress empty before the job's first note
   */
  public record Running(String title, Optional<Progress> progress) {

    double fraction() {
      return progress.map(Progress::fraction).orElse(0.0);
    }
  }

  public static Snapshot of(
      Iterable<? extends Job> jobs, Notes notes, Optional<Duration> elapsed, Duration silence) {
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
                job.title(), running.size() < MAX_NOTES ? notes.read(job.key()) : Optional.empty());
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

  /** Whether its driver should have been heard of since, several times. */
  public boolean isDriverSilent() {
    return !isOver() && silence.compareTo(LONG_SILENCE) > 0;
  }

  /**
   * If it goes on as it did so far; at least what the slowest of the running jobs takes. Empty as
   * long as too little is done to tell, and when nobody seems to do anything.
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
