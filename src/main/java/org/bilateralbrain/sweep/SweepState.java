package org.bilateralbrain.sweep;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  /** A job in the form that progress views show. */
  record Tracked(Job job, String title, State state, double work) implements Snapshot.Job {

    @Override
    public ArtifactKey key() {
      return JobRunner.key(job);
    }
  }

  private final SweepPlan plan;
  private final String hash;
  private final String started = now();
  private final Map<Job, JobStatus> statuses = new LinkedHashMap<>();

  /** Cached, because an id is a hash of the job's whole specification. */
  private final Map<Job, String> ids = new HashMap<>();

  private final Map<Job, Double> works = new HashMap<>();

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
    statuses.put(job, new JobStatus(state, reason));
  }

  /** Null if the job has not been needed so far. */
  @Nullable State of(Job job) {
    JobStatus status = statuses.get(job);
    return status == null ? null : status.state();
  }

  int count(State state) {
    return (int) statuses.values().stream().filter(status -> status.state() == state).count();
  }

  /** The number of jobs needed so far. */
  int count() {
    return statuses.size();
  }

  List<Tracked> tracked() {
    return statuses.entrySet().stream()
        .map(each -> tracked(each.getKey(), each.getValue().state()))
        .toList();
  }

  private Tracked tracked(Job job, State state) {
    return new Tracked(job, plan.title(job), state, work(job));
  }

  private double work(Job job) {
    return works.computeIfAbsent(job, Job::work);
  }

  SweepStatusFile file() {
    Map<String, JobStatus> byId = new LinkedHashMap<>();
    statuses.forEach((job, status) -> byId.put(ids.computeIfAbsent(job, Job::id), status));
    return new SweepStatusFile(hash, started, now(), byId);
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
