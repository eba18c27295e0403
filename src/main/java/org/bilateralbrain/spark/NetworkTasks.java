package org.bilateralbrain.spark;

import java.io.PrintWriter;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.bilateralbrain.store.DamagedArtifactException;
import org.bilateralbrain.store.UnknownFormatException;
import org.bilateralbrain.train.PermanentFailureException;
import org.jspecify.annotations.Nullable;

/**
 * Processes many trained networks on Spark, each in a Spark job of one task, so that failures stay
 * separate.
 */
final class NetworkTasks {

  private static final long PROGRESS_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Processes a network on an executor. */
  interface Work<T extends Serializable> extends Serializable {
    T of(NetworkTask network) throws Exception;
  }

  /**
   * What a task returns to the driver.
   *
   * @param result null if the network failed
   * @param failure the reason, for people; null if there is a result
   */
  private record Outcome<T extends Serializable>(@Nullable T result, @Nullable String failure)
      implements Serializable {}

  private NetworkTasks() {}

  /**
   * @param verb for progress lines, for example "Testing"
   * @return for each network its result; empty if it failed, which has been reported to {@code
   *     progress}
   */
  static <T extends Serializable> List<Optional<T>> run(
      JavaSparkContext spark,
      TaskInputs inputs,
      String verb,
      List<NetworkTask> networks,
      Work<T> work,
      PrintWriter progress)
      throws InterruptedException {
    List<JavaFutureAction<List<Outcome<T>>>> tasks = new ArrayList<>();
    for (NetworkTask network : networks) {
      tasks.add(
          spark
              .parallelize(List.of(network), 1)
              .map(each -> outcome(each, inputs, work))
              .collectAsync());
    }
    List<Optional<T>> results = new ArrayList<>();
    long lastProgress = System.nanoTime();
    for (int i = 0; i < tasks.size(); i++) {
      Outcome<T> outcome = outcome(tasks.get(i));
      if (outcome.failure() != null) {
        progress.printf("FAILED   %s: %s%n", networks.get(i).name(), outcome.failure());
      }
      results.add(Optional.ofNullable(outcome.result()));
      if (System.nanoTime() - lastProgress > PROGRESS_INTERVAL_NANOS) {
        lastProgress = System.nanoTime();
        progress.printf("%s: %s of %s networks done%n", verb, i + 1, networks.size());
      }
      progress.flush();
    }
    return results;
  }

  private static <T extends Serializable> Outcome<T> outcome(
      JavaFutureAction<List<Outcome<T>>> task) throws InterruptedException {
    try {
      return task.get().get(0);
    } catch (ExecutionException e) {
      return new Outcome<>(null, TaskFailure.outcome(e).reason());
    }
  }

  private static <T extends Serializable> Outcome<T> outcome(
      NetworkTask network, TaskInputs inputs, Work<T> work) throws Exception {
    try {
      inputs.useResources(TaskContext.get());
      return new Outcome<>(work.of(network), null);
    } catch (DamagedArtifactException
        | PermanentFailureException
        | UnknownFormatException e) { // retrying doesn't help
      return new Outcome<>(null, e.getMessage());
    } catch (RuntimeException | Error e) {
      throw TaskFailure.survivable(e);
    }
  }
}
