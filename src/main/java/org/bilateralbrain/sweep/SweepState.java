package org.bilateralbrain.sweep;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.grid.SweepPlan;
import org.bilateralbrain.store.SweepStatusFile;
import org.bilateralbrain.store.SweepStatusFile.JobStatus;
import org.bilateralbrain.store.SweepStatusFile.State;

/** What the driver knows of each job that the sweep needs. */
final class SweepState {

  private final String started = now();
  private final Map<Job, JobStatus> statuses = new LinkedHashMap<>();

  /** An id is a hash of everything that a job depends on: computed once, however often the state is written. */
  private final Map<Job, String> ids = new HashMap<>();

  SweepState(SweepPlan plan, Inventory inventory) {
    for (Job job : plan.jobs()) {
      switch (inventory.action(job)) {
        case REUSE -> set(job, State.REUSED, "");
        case TRAIN -> set(job, State.WAITING, "");
        case SKIP -> {
          // nobody needs it
        }
      }
    }
  }

  void set(Job job, State state, String reason) {
    statuses.put(job, new JobStatus(state, reason));
  }

  State of(Job job) {
    return statuses.get(job).state();
  }

  int count(State state) {
    return jobs(state).size();
  }

  int count() {
    return statuses.size();
  }

  List<Job> jobs(State state) {
    return statuses.keySet().stream().filter(job -> of(job) == state).toList();
  }

  SweepStatusFile file() {
    Map<String, JobStatus> byId = new LinkedHashMap<>();
    statuses.forEach((job, status) -> byId.put(ids.computeIfAbsent(job, Job::id), status));
    return new SweepStatusFile(started, now(), byId);
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
