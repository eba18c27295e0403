package org.bilateralbrain.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.store.SweepStatusFile;
import org.bilateralbrain.store.SweepStatusFile.JobStatus;

/** The results of a sweep as far as there are any. */
public record SweepResults(List<ResultRow> rows) {

  /**
   * Empty if the store knows no sweep of this name.
   */
  public static Optional<SweepResults> read(Store store, String sweep) throws IOException {
    Optional<byte[]> plan = store.readSweepFile(sweep, SweepPlanFile.FILE_NAME);
    if (plan.isEmpty()) {
      return Optional.empty();
    }
    Map<String, JobStatus> statuses = statuses(store, sweep);
    List<ResultRow> rows = new ArrayList<>();
    for (SweepPlanFile.Cell cell : SweepPlanFile.decode(plan.get()).cells()) {
      Optional<Metrics> metrics = metrics(store, cell);
      ResultRow.Status status =
          metrics.isPresent() ? ResultRow.Status.DONE : withoutResult(statuses.get(cell.id()));
      for (String head : cell.heads()) {
        rows.add(new ResultRow(cell, head, metrics, status));
      }
    }
    return Optional.of(new SweepResults(rows));
  }

  private static Map<String, JobStatus> statuses(Store store, String sweep) throws IOException {
    Optional<byte[]> json = store.readSweepFile(sweep, SweepStatusFile.FILE_NAME);
    return json.isPresent() ? SweepStatusFile.decode(json.get()).jobs() : Map.of();
  }

  private static Optional<Metrics> metrics(Store store, SweepPlanFile.Cell cell) throws IOException {
    Optional<Artifact> artifact = store.find(cell.artifact());
    return artifact.isPresent()
        ? Optional.of(Metrics.decode(artifact.get().read(Metrics.FILE_NAME)))
        : Optional.empty();
  }

  private static ResultRow.Status withoutResult(JobStatus status) {
    if (status == null) {
      return ResultRow.Status.MISSING;
    }
    return switch (status.state()) {
      case FAILED -> ResultRow.Status.FAILED;
      case BLOCKED -> ResultRow.Status.BLOCKED;
      case WAITING, RUNNING, TRAINED, REUSED -> ResultRow.Status.MISSING;
    };
  }
}
