package org.bilateralbrain.sweep;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
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

  private final Map<String, Job> jobs = new LinkedHashMap<>();
  private final Map<String, JobStatus> statuses = new LinkedHashMap<>();

  SweepState(SweepPlan plan, Inventory inventory) {
    for (Job job : plan.jobs()) {
      Inventory.Action action = inventory.action(job);
      if (action != Inventory.Action.SKIP) {
        jobs.put(job.id(), job);
        set(job, action == Inventory.Action.REUSE ? State.REUSED : State.WAITING, "");
      }
    }
  }

  void set(Job job, State state, String reason) {
    statuses.put(job.id(), new JobStatus(state, reason));
  }

  State of(Job job) {
    return statuses.get(job.id()).state();
  }

  int count(State state) {
    return (int) statuses.values().stream().filter(status -> status.state() == state).count();
  }

  int count() {
    return jobs.size();
  }

  List<Job> jobs(State state) {
    return jobs.values().stream().filter(job -> of(job) == state).toList();
  }

  SweepStatusFile file() {
    return new SweepStatusFile(Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(), statuses);
  }
}
