package org.bilateralbrain.sweep;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import org.apache.spark.api.java.JavaFutureAction;
import org.bilateralbrain.grid.Job;

/** A job that was handed to Spark. */
final class Submission {

  private final Job job;
  private final JavaFutureAction<List<Outcome>> future;
  private final Placements placements;
  private boolean timedOut;

  Submission(Job job, JavaFutureAction<List<Outcome>> future, Placements placements) {
    this.job = job;
    this.future = future;
    this.placements = placements;
  }

  Job job() {
    return job;
  }

  boolean isOnExecutor() {
    return runningSinceMillis().isPresent();
  }

  private OptionalLong runningSinceMillis() {
    return future.jobIds().stream()
        .map(placements::runningSinceMillis)
        .flatMapToLong(OptionalLong::stream)
        .min();
  }

  /** Stops the job if it has been running for too long. */
  void stopAfter(Duration timeout) {
    OptionalLong since = runningSinceMillis();
    if (!timedOut && since.isPresent() && System.currentTimeMillis() - since.getAsLong() > timeout.toMillis()) {
      timedOut = true;
      future.cancel(true);
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
      return new Outcome.Failed(TaskFailure.reason(e));
    } catch (CancellationException e) {
      return new Outcome.Failed("it was stopped");
    }
  }
}
