package org.bilateralbrain.sweep;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.grid.SweepPlan;
import org.bilateralbrain.report.progress.Snapshot;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.SweepStatusFile;
import org.bilateralbrain.store.SweepStatusFile.JobStatus;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.bilateralbrain.train.JobRunner;
import org.jspecify.annotations.Nullable;

/** The state of each job that the sweep needs, as the driver knows it. */
final class SweepState {

  /** A job and its state. */
  private final class Tracked implements Snapshot.Job {

    private final Job job;
    private final double work;
    private JobStatus status;

    Tracked(Job job, JobStatus status) {
      this.job = job;
      this.work = job.work();
      this.status = status;
    }

    @Override
    public State state() {
      return status.state();
    }

    @Override
    public double work() {
      return work;
    }

    @Override
    public String title() {
      return plan.title(job);
    }

    @Override
    public ArtifactKey key() {
      return JobRunner.key(job);
    }
  }

  private final SweepPlan plan;
  private final String hash;
  private final String started = now();
  private final Map<Job, Tracked> jobs = new LinkedHashMap<>();
  private final Map<State, Integer> counts = new EnumMap<>(State.class);

  /** Cached, because an id is a hash of the job's whole specification. */
  private final Map<Job, String> ids = new HashMap<>();

  /**
   * @param hash hash of the plan
   */
  SweepState(SweepPlan plan, String hash, Inventory inventory) {
    this.plan = plan;
    this.hash = hash;
    for (Job job : plan.jobs()) {
      switch (inventory.action(job)) {
        case REUSE -> set(job, State.REUSED, "");
        case TRAIN -> set(job, State.WAITING, "");
        case PRUNED -> set(job, State.PRUNED, inventory.prunedBecause(job));
        case SKIP -> {
          // not needed
        }
      }
    }
  }

  void set(Job job, State state, String reason) {
    JobStatus status = new JobStatus(state, reason);
    Tracked known = jobs.get(job);
    if (known == null) {
      jobs.put(job, new Tracked(job, status));
    } else {
      counts.merge(known.state(), -1, Integer::sum);
      known.status = status;
    }
    counts.merge(state, 1, Integer::sum);
  }

  /** Null if the job has not been needed so far. */
  @Nullable State of(Job job) {
    Tracked known = jobs.get(job);
    return known == null ? null : known.state();
  }

  int count(State state) {
    return counts.getOrDefault(state, 0);
  }

  /** The number of jobs needed so far. */
  int count() {
    return jobs.size();
  }

  /** Of a job that is needed, without computing it anew. */
  double work(Job job) {
    return Objects.requireNonNull(jobs.get(job)).work();
  }

  /** Of the jobs that wait or run. */
  double workLeft() {
    return jobs.values().stream()
        .filter(each -> each.state() == State.WAITING || each.state() == State.RUNNING)
        .mapToDouble(Tracked::work)
        .sum();
  }

  /** All jobs needed so far, for progress views. */
  Iterable<? extends Snapshot.Job> tracked() {
    return jobs.values();
  }

  SweepStatusFile file() {
    Map<String, JobStatus> byId = new LinkedHashMap<>();
    jobs.forEach((job, known) -> byId.put(ids.computeIfAbsent(job, Job::id), known.status));
    return new SweepStatusFile(hash, started, now(), byId);
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
