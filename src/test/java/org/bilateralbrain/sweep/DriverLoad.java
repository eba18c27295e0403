package org.bilateralbrain.sweep;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToDoubleFunction;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.faults.CountingFileSystem;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.report.progress.EventLines;
import org.bilateralbrain.store.Store;

/**
 * Measures what a sweep costs its driver: the real one, on a slow store, with as many executors as
 * it takes, which wait instead of training. Spark's own share is not in it.
 */
final class DriverLoad {

  private static final int JOBS_PER_EXECUTOR = 10;

  /** How long the executors take for everything, so that many jobs end each second. */
  private static final double SECONDS = 120;

  private DriverLoad() {}

  /** Runs a sweep, and prints what it cost and how long the next driver takes to start. */
  static void print(SweepSetup setup, ToDoubleFunction<Job> seconds, int storeMillis)
      throws IOException, InterruptedException {
    int executors = setup.plan().jobs().size() / JOBS_PER_EXECUTOR;
    double all = setup.plan().jobs().stream().mapToDouble(seconds).sum();
    Store direct = Store.open(setup.config().store(), new Configuration());
    AtomicReference<WaitingCluster> cluster = new AtomicReference<>();
    Sweep sweep =
        new Sweep(
            setup,
            (planned, token) -> {
              cluster.set(
                  new WaitingCluster(
                      planned,
                      direct,
                      executors,
                      job -> seconds.applyAsDouble(job) / all * SECONDS * executors));
              return cluster.get();
            },
            new EventLines(new PrintWriter(Writer.nullWriter())));
    long requests = CountingFileSystem.REQUESTS.get();
    double cpu = cpuSeconds();
    SweepSummary summary = sweep.run();
    double driver = cpuSeconds() - cpu - cluster.get().cpuSeconds();
    System.out.printf("%nA driver whose store answers in %d ms: %s%n", storeMillis, summary);
    System.out.printf(
        "%.2f ms of CPU a job; %.1f requests a job, %,.0f a second; %.0f MB of heap at its end%n",
        1000 * driver / summary.jobs(),
        (CountingFileSystem.REQUESTS.get() - requests) / (double) summary.jobs(),
        (CountingFileSystem.REQUESTS.get() - requests) / summary.seconds(),
        ScaleTable.usedBytes() / 1e6);
    long start = System.nanoTime();
    int found = setup.inventory().jobs(setup.plan(), Inventory.Action.REUSE).size();
    System.out.printf(
        "The next driver finds %,d artifacts in %.0f s%n", found, ScaleTable.secondsSince(start));
  }

  private static double cpuSeconds() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }
}
