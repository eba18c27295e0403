package org.bilateralbrain.sweep;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.bilateralbrain.grid.Job;

/** A job that was handed to the cluster. */
final class Submission {

  private final Job job;
  private final Future<List<Outcome>> future;
  private final Supplier<OptionalLong> runningSinceMillis;
  private final Runnable stop;
  private boolean timedOut;

  /**
   * @param runningSinceMillis when the attempt that is under way began, in milliseconds of the
   *     epoch; empty if none is
   * @param stop has the attempt end without a result
   */
  Submission(
      Job job,
      Future<List<Outcome>> future,
      Supplier<OptionalLong> runningSinceMillis,
      Runnable stop) {
    this.job = job;
    this.future = future;
    this.runningSinceMillis = runningSinceMillis;
    this.stop = stop;
  }

  Job job() {
    return job;
  }

  boolean isRunning() {
    return runningSinceMillis.get().isPresent();
  }

  /** Stops the job if it has been running for too long. */
  void stopAfter(Duration timeout) {
    OptionalLong since = runningSinceMillis.get();
    if (!timedOut
        && since.isPresent()
        && System.currentTimeMillis() - since.getAsLong() > timeout.toMillis()) {
      timedOut = true;
      stop.run();
    }
  }

  boolean timedOut() {
    return timedOut;
  }

  boolean isDone() {
    return future.isDone();
  }

  /** What came of it, once it is done. */
  Outcome outcome() throws InterruptedException {
    try {
      return future.get().get(0);
    } catch (ExecutionException e) {
      return TaskFailure.outcome(e);
    } catch (CancellationException e) {
      return new Outcome.Failed("it was stopped", false);
    }
  }
}
