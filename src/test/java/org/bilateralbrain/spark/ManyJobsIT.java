package org.bilateralbrain.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.bilateralbrain.sweep.SweepSummary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** As many jobs as in a large sweep, each as small as possible. */
class ManyJobsIT {

  private static final int JOBS = 400;
  private static final int MAX_MIB = 30;

  @TempDir Path temp;

  @Test
  @Timeout(200)
  void theDriversMemoryStaysBoundedOverHundredsOfJobs() throws Exception {
    String seeds =
        IntStream.range(0, JOBS)
            .mapToObj(String::valueOf)
            .collect(Collectors.joining(",", "[", "]"));
    TinySweep sweep =
        TinySweep.in(
            temp,
            "store",
            "bilateral.grid.seeds=" + seeds,
            "bilateral.grid.models=[unilateral-coarse]",
            "bilateral.data.synthetic={ train-images = 20, test-images = 10, coarse-classes = 2, fine-per-coarse = 1 }",
            "bilateral.data.validation-fraction=0",
            "bilateral.hemisphere={ width = 1, epochs = 1, batch-size = 20 }");
    try (JavaSparkContext spark = LocalSpark.start()) {
      long before = usedMib();
      long start = System.nanoTime();
      SweepSummary summary = sweep.run(spark).summary();
      double seconds = (System.nanoTime() - start) / 1e9;
      long after = usedMib();

      assertThat(summary.toString())
          .startsWith("400 jobs: 400 trained, 0 reused, 0 failed, 0 blocked");
      assertThat(after - before).as("retained MiB of heap").isLessThan(MAX_MIB);
      System.out.printf(
          "%d jobs in %.1f s, %.1f ms a job with two at a time; %d MiB of heap before, %d after%n",
          JOBS, seconds, 2 * 1000 * seconds / JOBS, before, after);
    }
  }

  private static long usedMib() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(100);
    }
    return (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) >> 20;
  }
}
