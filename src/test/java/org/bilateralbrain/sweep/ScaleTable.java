package org.bilateralbrain.sweep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.faults.CountingFileSystem;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.spark.SubmissionLoad;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.sweep.ClusterSimulation.Cluster;
import org.bilateralbrain.sweep.ClusterSimulation.Result;

/**
 * Prints how a sweep of a hundred thousand jobs scales: deep networks beside narrow ones, on one to
 * ten thousand executors. How long jobs take follows from {@link
 * org.bilateralbrain.nn.Architecture}; how long the sweep takes is simulated; what its driver costs
 * is measured, see {@link DriverLoad}.
 */
public final class ScaleTable {

  private static final int JOBS = 100_000;
  private static final int JOBS_PER_SEED = 120;

  /** Training images of CIFAR-100. */
  private static final int IMAGES = 50_000;

  /** Of an executor: a current GPU that is a quarter busy with multiply-adds in bf16. */
  private static final double MULTIPLY_ADDS_PER_SECOND = 1e14;

  private static final double SECONDS_PER_JOB = 0.1;
  private static final int STORE_MILLIS = 50;

  /** As many as a driver has submitted at a time for ten thousand executors. */
  private static final int SUBMISSIONS = 20_000;

  private static final String CONFIGURATION =
      """
      bilateral {
        name = scale
        data.synthetic { train-images = 1000, test-images = 200, fine-per-coarse = 5, coarse-classes = 20 }
        grid {
          seeds = %s
          backbones = [resnet9, vgg11, resnet18, resnet50, resnet152]
          models = [unilateral-fine, unilateral-coarse, unilateral-both, bilateral-specialised, bilateral-unspecialised]
          variants {
            symmetric {}
            narrow { left.width = 16, right.width = 16 }
            wide-left { left.width = 80, right.width = 43 }
            fast-right { right.learning-rate = 3e-4 }
          }
        }
      }
      """;

  private ScaleTable() {}

  /**
   * @param args the number of jobs, approximately; {@link #JOBS} if there is none
   */
  public static void main(String[] args)
      throws IOException, InterruptedException, TimeoutException {
    int wanted = args.length == 0 ? JOBS : Integer.parseInt(args[0]);
    Path folder = Files.createTempDirectory("bilateral-scale");
    StoreRequests.print(folder);
    long before = usedBytes();
    long start = System.nanoTime();
    SweepSetup setup =
        SweepSetup.of(
            config(folder, Math.max(1, wanted / JOBS_PER_SEED)),
            CountingFileSystem.slow(STORE_MILLIS));
    List<Job> jobs = setup.plan().jobs();
    System.out.printf("%,d jobs are planned in %.0f s", jobs.size(), secondsSince(start));
    SweepState state = new SweepState(setup.plan(), setup.planFile().plan(), setup.inventory());
    System.out.printf(
        "; plan and state take %.0f MB of the driver's heap, plan.json %.0f MB, status.json %.0f MB%n",
        (usedBytes() - before) / 1e6,
        Json.encode(setup.planFile()).length / 1e6,
        Json.encode(state.file()).length / 1e6);
    Map<Job, Double> seconds = new HashMap<>();
    jobs.forEach(job -> seconds.put(job, job.work() * IMAGES / MULTIPLY_ADDS_PER_SECOND));
    printMakespans(jobs, job -> Objects.requireNonNull(seconds.get(job)));
    DriverLoad.print(setup, job -> Objects.requireNonNull(seconds.get(job)), STORE_MILLIS);
    SubmissionLoad.print(SUBMISSIONS);
  }

  private static void printMakespans(List<Job> jobs, ToDoubleFunction<Job> seconds) {
    double hours = jobs.stream().mapToDouble(seconds).sum() / 3600;
    System.out.printf(
        "%n%,.0f executor-hours in all, %.1f minutes a job, the longest %.1f hours%n%n",
        hours,
        60 * hours / jobs.size(),
        jobs.stream().mapToDouble(seconds).max().orElseThrow() / 3600);
    System.out.println(
        "| executors | makespan | over ideal | with losses and stragglers | over ideal | losses | work repeated | moved |");
    System.out.println("|---|---|---|---|---|---|---|---|");
    for (int executors : List.of(1, 10, 100, 1000, 3000, 10_000)) {
      Cluster quiet =
          new Cluster(executors, 0, Double.POSITIVE_INFINITY, 300, 600, SECONDS_PER_JOB);
      Cluster lossy = new Cluster(executors, 0.1, 24, 300, 600, SECONDS_PER_JOB);
      Result quietly = ClusterSimulation.run(jobs, seconds, quiet);
      Result lossily = ClusterSimulation.run(jobs, seconds, lossy);
      System.out.printf(
          "| %,d | %,.1f h | %.3f | %,.1f h | %.3f | %,d | %.2f %% | %,d |%n",
          executors,
          quietly.makespan() / 3600,
          quietly.makespan() / ClusterSimulation.ideal(jobs, seconds, quiet),
          lossily.makespan() / 3600,
          lossily.makespan() / ClusterSimulation.ideal(jobs, seconds, lossy),
          lossily.losses(),
          100 * lossily.repeated() / (3600 * hours),
          lossily.moves());
    }
  }

  private static SweepConfig config(Path folder, int seeds) throws IOException {
    String list =
        IntStream.range(0, seeds)
            .mapToObj(String::valueOf)
            .collect(Collectors.joining(", ", "[", "]"));
    Path file = Files.writeString(folder.resolve("scale.conf"), CONFIGURATION.formatted(list));
    return SweepConfig.load(file.toFile(), List.of("bilateral.store=" + folder.resolve("store")));
  }

  static double secondsSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / 1e9;
  }

  static long usedBytes() {
    for (int i = 0; i < 4; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
