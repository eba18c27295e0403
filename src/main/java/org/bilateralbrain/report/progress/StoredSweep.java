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

/** A sweep's progress as read from its store, wherever it runs. */
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
   * The sweep at one moment.
   *
   * @param plan hash of the plan being carried out
   * @param updated last heartbeat of the driver, ISO 8601
   */
  public record Status(String plan, Snapshot snapshot, List<Job> jobs, String updated) {}

  private final Store store;
  private final String name;
  private final CachedProgress progress;
  private Optional<SweepPlanFile> plan = Optional.empty();

  public StoredSweep(Store store, String name) {
    this.store = store;
    this.name = name;
    progress = new CachedProgress(store);
  }

  /** Empty if the store has no such sweep. */
  public Optional<Status> read() throws IOException {
    Optional<SweepStatusFile> written =
        store.readSweepFile(name, SweepStatusFile.FILE_NAME, SweepStatusFile.class);
    if (written.isEmpty() || !knowsPlanOf(written.get())) {
      return Optional.empty();
    }
    SweepStatusFile status = written.get();
    List<Job> jobs = jobs(plan.get(), status.jobs());
    Instant now = Instant.now();
    Snapshot snapshot =
        Snapshot.of(
            jobs, progress, elapsed(status, now), between(Instant.parse(status.updated()), now));
    return Optional.of(new Status(status.plan(), snapshot, jobs, status.updated()));
  }

  /**
   * Reads the plan, which can be large, only once. A run writes it before its first status, so that
   * a status of another plan is left from an earlier run and is ignored.
   */
  private boolean knowsPlanOf(SweepStatusFile status) throws IOException {
    if (!isOf(status)) {
      plan = store.readSweepFile(name, SweepPlanFile.FILE_NAME, SweepPlanFile.class);
    }
    return isOf(status);
  }

  private boolean isOf(SweepStatusFile status) {
    return plan.isPresent() && plan.get().plan().equals(status.plan());
  }

  private List<Job> jobs(SweepPlanFile plan, Map<String, JobStatus> statuses) throws IOException {
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
        // what failed in this sweep may have been made by another one since
        boolean wasMade = made.get(job.artifact()) instanceof Lookup.Present;
        jobs.add(new Job(job.artifact(), job.title(), job.work(), wasMade ? REUSED : status));
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

  /** Not negative even if the clocks of two machines differ. */
  private static Duration between(Instant earlier, Instant later) {
    return later.isBefore(earlier) ? Duration.ZERO : Duration.between(earlier, later);
  }
}
