package org.bilateralbrain.sweep;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import org.bilateralbrain.grid.FeaturesJob;
import org.bilateralbrain.grid.GridPoint;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.store.Accuracies;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.train.JobRunner;
import org.jspecify.annotations.Nullable;

/**
 * A cluster whose executors wait instead of training: after a job's time they commit an artifact of
 * a few bytes. Jobs run first come, first served, as in Spark. What the driver does is real.
 */
class WaitingCluster implements Cluster {

  private final Store store;
  private final Map<Job, GridPoint> networks = new LinkedHashMap<>();
  private final ToDoubleFunction<Job> seconds;
  private final int executors;
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private final AtomicInteger running = new AtomicInteger();
  private final Timer clock = new Timer("executors", true);
  private long cpuNanos;

  /**
   * @param store as the executors reach it
   * @param seconds how long a job takes
   */
  WaitingCluster(SweepSetup setup, Store store, int executors, ToDoubleFunction<Job> seconds) {
    this.store = store;
    this.executors = executors;
    this.seconds = seconds;
    setup.plan().points().forEach(point -> networks.put(point.job(), point));
  }

  private final class Waiting extends TimerTask implements Submission.Attempt {

    private final Job job;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private volatile OptionalLong since = OptionalLong.empty();

    Waiting(Job job) {
      this.job = job;
    }

    void start() {
      since = OptionalLong.of(System.currentTimeMillis());
      clock.schedule(this, (long) (1000 * seconds.applyAsDouble(job)));
    }

    @Override
    public void run() {
      try {
        leaveArtifact(store, job, networks.get(job));
        outcome.complete(new Outcome.Done("test accuracy fine 50.00 %"));
      } catch (IOException e) {
        outcome.complete(new Outcome.Failed(e.toString(), true));
      }
      running.decrementAndGet();
      startNext();
      cpuNanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    @Override
    public OptionalLong runningSinceMillis() {
      return since;
    }

    /** One suffices for the driver to look at the progress of each job; none leaves a note. */
    @Override
    public Optional<String> executor() {
      return since.isPresent() ? Optional.of("one for all") : Optional.empty();
    }

    @Override
    public void stop() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isDone() {
      return outcome.isDone();
    }

    @Override
    public Outcome outcome() {
      return outcome.join();
    }
  }

  /**
   * Commits the artifact of a job.
   *
   * @param point the network that it trains; null if it is not in the results
   */
  static void leaveArtifact(Store store, Job job, @Nullable GridPoint point) throws IOException {
    try (ArtifactWriter artifact = store.write(JobRunner.key(job))) {
      if (!(job instanceof FeaturesJob)) {
        artifact.holds("weights of " + JobRunner.key(job).id());
      }
      Map<String, Metrics.Accuracy> heads = new LinkedHashMap<>();
      if (point != null) {
        for (Head head : point.heads()) {
          heads.put(head.label(), Accuracies.of(0.5, 0.5));
        }
      }
      byte[] metrics = Json.encode(new Metrics(1, 1, 1, 1, 1, heads, null));
      artifact.write(Metrics.FILE_NAME, out -> out.write(metrics));
      artifact.commit();
    }
  }

  @Override
  public Submission submit(Job job, Optional<String> any) {
    Waiting waiting = new Waiting(job);
    synchronized (queue) {
      queue.add(waiting);
    }
    startNext();
    return new Submission(job, waiting);
  }

  private void startNext() {
    synchronized (queue) {
      while (!queue.isEmpty() && running.get() < executors) {
        running.incrementAndGet();
        queue.remove().start();
      }
    }
  }

  /** What the executors have cost this process. */
  double cpuSeconds() {
    return cpuNanos / 1e9;
  }

  @Override
  public String description() {
    return executors + " waiting executors";
  }

  @Override
  public int window() {
    return executors + Math.min(executors, MAX_WAITING);
  }

  @Override
  public int slots() {
    return executors;
  }

  @Override
  public boolean canPlace() {
    return false;
  }

  @Override
  public int maxFailures() {
    return 1;
  }

  @Override
  public Set<String> leaving() {
    return Set.of();
  }

  @Override
  public Optional<String> lacking() {
    return Optional.empty();
  }

  @Override
  public boolean isStopped() {
    return false;
  }

  @Override
  public void close() {
    clock.cancel();
  }
}
