package org.bilateralbrain.spark;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Measures what Spark itself costs a driver that submits jobs of one task, all at once. */
public final class SubmissionLoad {

  private SubmissionLoad() {}

  /** Prints the cost, and how many events Spark's queues have dropped. */
  public static void print(int jobs) throws InterruptedException, TimeoutException {
    try (JavaSparkContext spark = LocalSpark.start()) {
      AtomicInteger ends = new AtomicInteger();
      spark
          .sc()
          .addSparkListener(
              new SparkListener() {
                @Override
                public void onTaskEnd(SparkListenerTaskEnd end) {
                  ends.incrementAndGet();
                }
              });
      double cpu = cpuSeconds();
      List<JavaFutureAction<List<Integer>>> submitted = new ArrayList<>();
      for (int i = 0; i < jobs; i++) {
        spark.sc().setJobGroup("stage 1", "a job", true);
        submitted.add(spark.parallelize(List.of(i), 1).map(each -> each + 1).collectAsync());
      }
      for (JavaFutureAction<List<Integer>> each : submitted) {
        each.get();
      }
      cpu = cpuSeconds() - cpu;
      spark.sc().listenerBus().waitUntilEmpty();
      System.out.printf(
          "%nSpark with %,d jobs submitted at once: %.2f ms of CPU a job, tasks included; %d events dropped%n",
          jobs, 1000 * cpu / jobs, jobs - ends.get());
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static double cpuSeconds() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }
}
