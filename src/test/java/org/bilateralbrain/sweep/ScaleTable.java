package org.bilateralbrain.sweep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.CheckpointEvery;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.faults.CountingFileSystem;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.sweep.ClusterSimulation.Cluster;
import org.bilateralbrain.sweep.ClusterSimulation.Result;
import org.bilateralbrain.train.JobRunner;

/**
 * Prints how a sweep scales. Measures the duration and the store requests of real jobs of each kind
 * at toy size, then replays a plan of ten thousand jobs with these durations, a thousand times
 * longer, on simulated clusters of one to a thousand executors.
 */
public final class ScaleTable {

  private static final double LONGER = 1000;
  private static final int SEEDS = 358;
  private static final double SECONDS_PER_JOB = 0.1;

  private static final String CONFIGURATION =
      """
      bilateral {
        name = scale
        data.synthetic { train-images = 1000, test-images = 200 }
        grid {
          seeds = %s
          models = [unilateral-fine, unilateral-coarse, unilateral-both, bilateral-specialised, bilateral-unspecialised]
          variants {
            symmetric {}
            wide-left { left.width = 10, right.width = 6 }
            wide-right { left.width = 6, right.width = 10 }
            long-left { left.epochs = 5 }
            sparse-right { right { backbone = sparse_resnet9, sparsity { k = 0.25, k-percent = 0.5 } } }
          }
        }
        hemisphere { width = 8, epochs = 3, batch-size = 50, learning-rate = 3e-3 }
        both-heads { epochs = 3, batch-size = 50, learning-rate = 3e-3 }
        heads { feature-views = 2, epochs = 20, batch-size = 50, learning-rate = 3e-3 }
        checkpoint-every = never
      }
      """;

  private ScaleTable() {}

  public static void main(String[] args) throws IOException {
    Path folder = Files.createTempDirectory("bilateral-scale");
    Map<String, Double> measured = measure(folder);
    long before = usedBytes();
    SweepSetup setup = plan(folder, IntStream.range(0, SEEDS).boxed().toList());
    List<Job> jobs = setup.plan().jobs();
    SweepState state = new SweepState(setup.plan(), setup.planFile().plan(), setup.inventory());
    measureStart(setup);
    byte[] status = Json.encode(state.file());
    long kept = usedBytes() - before;
    System.out.printf(
        "%n%d jobs: plan and state take %.1f MB of the driver's heap, status.json %.1f MB%n",
        state.count(), kept / 1e6, status.length / 1e6);
    ToDoubleFunction<Job> seconds = job -> LONGER * measured.get(kindOf(job));
    double hours = jobs.stream().mapToDouble(seconds).sum() / 3600;
    System.out.printf(
        "%.0f executor-hours in all, %.1f minutes a job%n%n", hours, 60 * hours / jobs.size());
    System.out.println(
        "| executors | makespan | over ideal | with losses | over ideal | losses | work repeated |");
    System.out.println("|---|---|---|---|---|---|---|");
    for (int executors : List.of(1, 10, 30, 100, 300, 1000)) {
      double ideal = ClusterSimulation.ideal(jobs, seconds, executors);
      Result quiet = simulate(jobs, seconds, executors, Double.POSITIVE_INFINITY);
      Result lossy = simulate(jobs, seconds, executors, 24);
      System.out.printf(
          "| %,d | %,.1f h | %.3f | %,.1f h | %.3f | %d | %.2f %% |%n",
          executors,
          quiet.makespan() / 3600,
          quiet.makespan() / ideal,
          lossy.makespan() / 3600,
          lossy.makespan() / ideal,
          lossy.losses(),
          100 * lossy.repeated() / (3600 * hours));
    }
  }

  private static Result simulate(
      List<Job> jobs, ToDoubleFunction<Job> seconds, int executors, double hoursBetweenLosses) {
    Result result =
        ClusterSimulation.run(
            jobs, seconds, new Cluster(executors, hoursBetweenLosses, 300, 600, SECONDS_PER_JOB));
    if (result.jobs() != jobs.size()) {
      throw new IllegalStateException(
          "%d of %d jobs were done".formatted(result.jobs(), jobs.size()));
    }
    return result;
  }

  /** How long a driver takes to find all artifacts, of a few bytes each, in a full store. */
  private static void measureStart(SweepSetup setup) throws IOException {
    for (Job job : setup.plan().jobs()) {
      try (ArtifactWriter artifact = setup.store().write(JobRunner.key(job))) {
        artifact.write("metrics.json", out -> out.write(1));
        artifact.commit();
      }
    }
    long start = System.nanoTime();
    Inventory inventory = setup.inventory();
    System.out.printf(
        "%n%d of %d artifacts found on the local disk in %.1f s%n",
        inventory.jobs(setup.plan(), Inventory.Action.REUSE).size(),
        setup.plan().jobs().size(),
        (System.nanoTime() - start) / 1e9);
  }

  /** Runs every kind of job twice and returns the duration of the second run. */
  private static Map<String, Double> measure(Path folder) throws IOException {
    Map<String, Double> seconds = new HashMap<>();
    Map<String, long[]> store = new LinkedHashMap<>();
    Configuration hadoop = new Configuration();
    hadoop.set("fs.file.impl", CountingFileSystem.class.getName());
    hadoop.setBoolean("fs.file.impl.disable.cache", true);
    SweepSetup setup = SweepSetup.of(config(folder, List.of(0, 1)), hadoop);
    JobRunner runner =
        new JobRunner(
            Engines.named("dl4j"),
            setup.store(),
            DataSource.Cache.load(setup.source(), hadoop),
            hadoop,
            new CheckpointEvery.Never());
    for (Job job : setup.plan().jobs()) {
      long[] counts = counts();
      long start = System.nanoTime();
      runner.run(job, progress -> {});
      seconds.put(kindOf(job), (System.nanoTime() - start) / 1e9);
      long[] now = counts();
      store.put(
          job.getClass().getSimpleName(),
          IntStream.range(0, 3).mapToLong(i -> now[i] - counts[i]).toArray());
    }
    System.out.println("Store requests of one job (calls of Hadoop's file system), at toy size:");
    store.forEach(
        (kind, counts) ->
            System.out.printf(
                "  %-14s %3d requests, %7.2f MB read, %7.2f MB written%n",
                kind, counts[0], counts[1] / 1e6, counts[2] / 1e6));
    return seconds;
  }

  private static long[] counts() {
    return new long[] {
      CountingFileSystem.REQUESTS.get(),
      CountingFileSystem.BYTES_READ.get(),
      CountingFileSystem.BYTES_WRITTEN.get()
    };
  }

  /** The same for all jobs that differ only in their seed and so take the same time. */
  private static String kindOf(Job job) {
    return "%s, work %.3f, %s"
        .formatted(job.kind(), job.work(), job.title().replaceAll("seeds? [-0-9+ ]+", ""));
  }

  private static SweepSetup plan(Path folder, List<Integer> seeds) throws IOException {
    return SweepSetup.of(config(folder, seeds), new Configuration());
  }

  private static SweepConfig config(Path folder, List<Integer> seeds) throws IOException {
    String list = seeds.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
    Path file = Files.writeString(folder.resolve("scale.conf"), CONFIGURATION.formatted(list));
    return SweepConfig.load(file.toFile(), List.of("bilateral.store=" + folder.resolve("store")));
  }

  private static long usedBytes() {
    for (int i = 0; i < 4; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
