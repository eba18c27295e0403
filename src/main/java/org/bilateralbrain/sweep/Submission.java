package org.bilateralbrain.sweep;

import java.time.Duration;
import java.util.OptionalLong;
import org.bilateralbrain.grid.Job;

/** A job that was handed to the cluster. */
public final class Submission {

  /** What the cluster knows of it. */
  public interface Attempt {

    /** When the attempt that is under way began, in milliseconds of the epoch; empty if none is. */
    OptionalLong runningSinceMillis();

    /** Has the attempt end without a result. */
    void stop();

    boolean isDone();

    /** What came of it, once it is done. */
    Outcome outcome() throws InterruptedException;
  }

  private final Job job;
  private final Attempt attempt;
  private boolean timedOut;

  public Submission(Job job, Attempt attempt) {
    this.job = job;
    this.attempt = attempt;
  }

  Job job() {
    return job;
  }

  boolean isRunning() {
    return attempt.runningSinceMillis().isPresent();
  }

  /** Stops the job if it has been running for too long. */
  void stopAfter(Duration timeout) {
    OptionalLong since = attempt.runningSinceMillis();
    if (!timedOut
        && since.isPresent()
        && System.currentTimeMillis() - since.getAsLong() > timeout.toMillis()) {
      timedOut = true;
      attempt.stop();
    }
  }

  boolean timedOut() {
    return timedOut;
  }

  boolean isDone() {
    return attempt.isDone();
  }

  Outcome outcome() throws InterruptedException {
    return attempt.outcome();
  }
}
