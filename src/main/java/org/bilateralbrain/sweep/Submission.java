package org.bilateralbrain.sweep;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.bilateralbrain.grid.Job;

/** A job that was submitted to the cluster. */
public final class Submission {

  /** The cluster's handle on the job. */
  public interface Attempt {

    /**
     * When the current attempt started, in milliseconds since the epoch; empty if none is running.
     */
    OptionalLong runningSinceMillis();

    /** Id of the executor that runs the current attempt; empty if none does, or this process. */
    Optional<String> executor();

    /** Aborts the job without a result. */
    void stop();

    boolean isDone();

    /** The outcome, once the job is done. */
    Outcome outcome() throws InterruptedException;
  }

  private final Job job;
  private final Attempt attempt;
  private boolean started;
  private boolean timedOut;

  public Submission(Job job, Attempt attempt) {
    this.job = job;
    this.attempt = attempt;
  }

  Job job() {
    return job;
  }

  /** Whether the job runs and did not when this was asked last. */
  boolean hasJustStarted() {
    if (started || attempt.runningSinceMillis().isEmpty()) {
      return false;
    }
    started = true;
    return true;
  }

  /** Id of the executor that runs it; empty if none does, or this process. */
  public Optional<String> executor() {
    return attempt.executor();
  }

  /** Stops the job if its current attempt has been running for longer than this. */
  public void stopIfRunningLongerThan(Duration timeout) {
    OptionalLong since = attempt.runningSinceMillis();
    if (!timedOut
        && since.isPresent()
        && System.currentTimeMillis() - since.getAsLong() > timeout.toMillis()) {
      timedOut = true;
      attempt.stop();
    }
  }

  /** Whether {@link #stopIfRunningLongerThan} has stopped it. */
  boolean timedOut() {
    return timedOut;
  }

  boolean isDone() {
    return attempt.isDone();
  }

  /** The outcome, once the job is done: waits for it. */
  public Outcome outcome() throws InterruptedException {
    return attempt.outcome();
  }
}
