package org.bilateralbrain.report.progress;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.store.SweepStatusFile;
import org.bilateralbrain.store.SweepStatusFile.JobStatus;
import org.bilateralbrain.store.SweepStatusFile.State;

/** A sweep as its store tells of it, wherever it runs. */
public final class StoredSweep {

  /** Where a plan doesn't say how much work its jobs are, all weigh the same. */
  private static final double UNKNOWN_WORK = 1;

  /** A job that the sweep needs. */
  public record Job(ArtifactKey key, String title, double work, JobStatus status) implements Snapshot.Job {

    @Override
    public State state() {
      return status.state();
    }
  }

  /**
   * What one look found.
   *
   * @param updated when its driver last wrote that, ISO 8601
   */
  public record Look(Snapshot snapshot, List<Job> jobs, String updated) {}

  private final Store store;
  private final String name;
  private final RecentNotes notes;
  private SweepPlanFile plan;
  private String planOf;

  public StoredSweep(Store store, String name) {
    this.store = store;
    this.name = name;
    notes = new RecentNotes(store);
  }

  /** Empty if the store knows no such sweep. */
  public Optional<Look> look() throws IOException {
    Optional<byte[]> json = store.readSweepFile(name, SweepStatusFile.FILE_NAME);
    if (json.isEmpty()) {
      return Optional.empty();
    }
    SweepStatusFile status = Json.decode(json.get(), SweepStatusFile.class);
    if (!knowsPlanOf(status)) {
      return Optional.empty();
    }
    List<Job> jobs = jobs(status.jobs());
    Instant now = Instant.now();
    Snapshot snapshot =
        Snapshot.of(jobs, notes, elapsed(status, now), between(Instant.parse(status.updated()), now));
    return Optional.of(new Look(snapshot, jobs, status.updated()));
  }

  /** Reads the plan, which can be large, once for each run: it is written before the run's first status. */
  private boolean knowsPlanOf(SweepStatusFile status) throws IOException {
    if (plan == null || !Objects.equals(planOf, status.started())) {
      Optional<byte[]> json = store.readSweepFile(name, SweepPlanFile.FILE_NAME);
      if (json.isEmpty()) {
        return false;
      }
      plan = Json.decode(json.get(), SweepPlanFile.class);
      planOf = status.started();
    }
    return true;
  }

  private List<Job> jobs(Map<String, JobStatus> statuses) {
    List<Job> jobs = new ArrayList<>();
    for (SweepPlanFile.Job job : plan.jobs()) {
      JobStatus status = statuses.get(job.id());
      if (status != null) {
        jobs.add(new Job(job.artifact(), job.title(), job.work() == null ? UNKNOWN_WORK : job.work(), status));
      }
    }
    return jobs;
  }

  private static Optional<Duration> elapsed(SweepStatusFile status, Instant now) {
    if (status.started() == null) {
      return Optional.empty();
    }
    Instant updated = Instant.parse(status.updated());
    boolean isOver = status.jobs().values().stream().noneMatch(job -> job.state().isUnderWay());
    return Optional.of(between(Instant.parse(status.started()), isOver || now.isBefore(updated) ? updated : now));
  }

  /** Clocks of two machines may differ. */
  private static Duration between(Instant earlier, Instant later) {
    return later.isBefore(earlier) ? Duration.ZERO : Duration.between(earlier, later);
  }
}
