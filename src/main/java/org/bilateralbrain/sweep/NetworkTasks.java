package org.bilateralbrain.sweep;

import java.io.PrintWriter;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.bilateralbrain.store.DamagedArtifact;
import org.nd4j.linalg.factory.Nd4j;

/** Has Spark do something with each of many trained networks, one task a network. */
final class NetworkTasks {

  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final Pattern LOCAL = Pattern.compile("local(?:\\[[^,]+(?:,\\s*(\\d+))?\\s*])?");

  /** What is done with a network, on an executor. */
  interface Work<T extends Serializable> extends Serializable {
    T of(NetworkTask network) throws Exception;
  }

  /**
   * What a task returns to the driver.
   *
   * @param result null if there is none
   * @param failure for people; null if there is none
   */
  private record Outcome<T extends Serializable>(T result, String failure) implements Serializable {}

  private NetworkTasks() {}

  /**
   * @param doing in a word, for people: "Testing"
   * @return for each network its result; empty if it failed, which has been told
   */
  static <T extends Serializable> List<Optional<T>> run(
      JavaSparkContext spark,
      TaskInputs inputs,
      String doing,
      List<NetworkTask> networks,
      Work<T> work,
      PrintWriter progress) {
    if (networks.isEmpty()) {
      return List.of();
    }
    int mostFailures = mostFailures(spark);
    Counter counter = new Counter(doing, networks.size(), progress);
    spark.sc().addSparkListener(counter);
    List<Outcome<T>> outcomes;
    try {
      outcomes = spark.parallelize(networks, networks.size()).map(network -> outcome(network, inputs, work, mostFailures)).collect();
    } finally {
      spark.sc().removeSparkListener(counter);
    }
    List<Optional<T>> results = new ArrayList<>();
    for (int i = 0; i < outcomes.size(); i++) {
      if (outcomes.get(i).failure() != null) {
        progress.printf("FAILED   %s: %s%n", networks.get(i).name(), outcomes.get(i).failure());
      }
      results.add(Optional.ofNullable(outcomes.get(i).result()));
    }
    progress.flush();
    return results;
  }

  /** How often Spark tries a task: locally the master says so, or it is tried once. */
  private static int mostFailures(JavaSparkContext spark) {
    Matcher local = LOCAL.matcher(spark.master());
    if (local.matches()) {
      return local.group(1) == null ? 1 : Integer.parseInt(local.group(1));
    }
    return spark.getConf().getInt("spark.task.maxFailures", 4);
  }

  /** What can't be done in the end is told; all other networks go on. */
  private static <T extends Serializable> Outcome<T> outcome(
      NetworkTask network, TaskInputs inputs, Work<T> work, int mostFailures) throws Exception {
    TaskContext task = TaskContext.get();
    try {
      inputs.useResources(task);
      return new Outcome<>(work.of(network), null);
    } catch (DamagedArtifact e) { // nobody repairs it while this runs
      return new Outcome<>(null, e.getMessage());
    } catch (Exception | OutOfMemoryError e) {
      boolean isLast = task.attemptNumber() + 1 >= mostFailures && !task.isInterrupted();
      return new Outcome<>(null, isLast ? TaskFailure.inWords(e) : TaskFailure.lasting(e));
    } finally {
      Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
    }
  }

  /** Tells how many networks are done. */
  private static final class Counter extends SparkListener {
    private final String doing;
    private final int all;
    private final PrintWriter progress;
    private final AtomicInteger done = new AtomicInteger();
    private volatile long lastTold = System.nanoTime();

    Counter(String doing, int all, PrintWriter progress) {
      this.doing = doing;
      this.all = all;
      this.progress = progress;
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      if (!end.taskInfo().successful()) {
        return;
      }
      int count = done.incrementAndGet();
      if (System.nanoTime() - lastTold > INTERVAL_NANOS) {
        lastTold = System.nanoTime();
        progress.printf("%s: %s of %s networks done%n", doing, count, all);
        progress.flush();
      }
    }
  }
}
