package org.bilateralbrain.sweep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.CheckpointEvery;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.faults.CountingFileSystem;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.train.JobRunner;

/** Measures what each kind of job asks of the store, by running one at toy size. */
final class StoreRequests {

  private static final String CONFIGURATION =
      """
      bilateral {
        name = requests
        data.synthetic { train-images = 200, test-images = 100 }
        grid { seeds = [0], models = [unilateral-both, bilateral-specialised, bilateral-unspecialised] }
        hemisphere { width = 4, epochs = 1, batch-size = 50 }
        both-heads { epochs = 1, batch-size = 50 }
        heads { feature-views = 2, epochs = 2, batch-size = 50 }
      }
      """;

  private StoreRequests() {}

  static void print(Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("requests.conf"), CONFIGURATION);
    Configuration hadoop = CountingFileSystem.slow(0);
    SweepSetup setup =
        SweepSetup.of(
            SweepConfig.load(
                file.toFile(), List.of("bilateral.store=" + folder.resolve("requests"))),
            hadoop);
    JobRunner runner =
        new JobRunner(
            Engines.named("dl4j"),
            setup.store(),
            DataSource.Cache.load(setup.source(), hadoop),
            hadoop,
            new CheckpointEvery.Never());
    Map<String, long[]> byKind = new LinkedHashMap<>();
    for (Job job : setup.plan().jobs()) {
      long[] before = counts();
      runner.run(job, progress -> {});
      long[] after = counts();
      byKind.put(
          job.getClass().getSimpleName(),
          IntStream.range(0, 3).mapToLong(i -> after[i] - before[i]).toArray());
    }
    System.out.println("Requests of one job, calls of Hadoop's file system, at toy size:");
    byKind.forEach(
        (kind, counts) ->
            System.out.printf(
                "  %-14s %3d requests, %7.2f MB read, %7.2f MB written%n",
                kind, counts[0], counts[1] / 1e6, counts[2] / 1e6));
  }

  private static long[] counts() {
    return new long[] {
      CountingFileSystem.REQUESTS.get(),
      CountingFileSystem.BYTES_READ.get(),
      CountingFileSystem.BYTES_WRITTEN.get()
    };
  }
}
