package org.bilateralbrain.report.progress;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.store.SweepStatusFile;
import org.bilateralbrain.store.SweepStatusFile.JobStatus;
import org.bilateralbrain.store.SweepStatusFile.State;

/** A sweep as its store tells of it, wherever it runs. */
public final class StoredSweep {

  private static final JobStatus REUSED = new JobStatus(State.REUSED, "");

  /** A job that the sweep needs. */
  public record Job(ArtifactKey key, String title, double work, JobStatus status)
      implements Snapshot.Job {

    @Override
    public State state() {
      return status.state();
    }
  }

  /**
   * What one look found.
   *
   * @param plan hash of the plan that is being carried out
   * @param updated when its driver last wrote that, ISO 8601
   */
  public record Look(String plan, Snapshot snapshot, List<Job> jobs, String updated) {}

  private final Store store;
  private final String name;
  private final RecentNotes notes;
  private SweepPlanFile plan;

  public StoredSweep(Store store, String name) {
    this.store = store;
    this.name = name;
    notes = new RecentNotes(store);
  }

  /** Empty if the store knows no such sweep. */
  public Optional<Look> look() throws IOException {
    Optional<SweepStatusFile> written =
        store.readSweepFile(name, SweepStatusFile.FILE_NAME, SweepStatusFile.class);
    if (written.isEmpty() || !knowsPlanOf(written.get())) {
      return Optional.empty();
    }
    SweepStatusFile status = written.get();
    List<Job> jobs = jobs(status.jobs());
    Instant now = Instant.now();
    Snapshot snapshot =
        Snapshot.of(
            jobs, notes, elapsed(status, now), between(Instant.parse(status.updated()), now));
    return Optional.of(new Look(status.plan(), snapshot, jobs, status.updated()));
  }

  /**
   * Reads the plan, which can be large, once. It is written before the run's first status: a status
   * of another plan is that of an earlier run, and says nothing.
   */
  private boolean knowsPlanOf(SweepStatusFile status) throws IOException {
    if (plan == null || !plan.plan().equals(status.plan())) {
      plan = store.readSweepFile(name, SweepPlanFile.FILE_NAME, SweepPlanFile.class).orElse(null);
    }
    return plan != null && plan.plan().equals(status.plan());
  }

  private List<Job> jobs(Map<String, JobStatus> statuses) throws IOException {
    List<ArtifactKey> lost =
        plan.jobs().stream()
            .filter(
                job -> statuses.containsKey(job.id()) && statuses.get(job.id()).state().isLost())
            .map(SweepPlanFile.Job::artifact)
            .toList();
    Map<ArtifactKey, Lookup> made = store.lookup(lost);
    List<Job> jobs = new ArrayList<>();
    for (SweepPlanFile.Job job : plan.jobs()) {
      JobStatus status = statuses.get(job.id());
      if (status != null) {
        // whatever this sweep's driver saw fail, another sweep may have made since
        boolean isThere = made.get(job.artifact()) instanceof Lookup.Present;
        jobs.add(new Job(job.artifact(), job.title(), job.work(), isThere ? REUSED : status));
      }
    }
    return jobs;
  }

  private static Optional<Duration> elapsed(SweepStatusFile status, Instant now) {
    Instant updated = Instant.parse(status.updated());
    boolean isOver = status.jobs().values().stream().noneMatch(job -> job.state().isUnderWay());
    return Optional.of(
        between(Instant.parse(status.started()), isOver || now.isBefore(updated) ? updated : now));
  }

  /** Clocks of two machines may differ. */
  private static Duration between(Instant earlier, Instant later) {
    return later.isBefore(earlier) ? Duration.ZERO : Duration.between(earlier, later);
  }
}
