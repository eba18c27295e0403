package org.bilateralbrain.report;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Concurrently;
import org.bilateralbrain.store.DamagedArtifactException;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.store.SweepStatusFile;
import org.bilateralbrain.store.SweepStatusFile.JobStatus;

/** The results of a plan as far as there are any. */
public record SweepResults(List<ResultRow> rows) {

  /**
   * Asks the store for every network of the plan. What is there counts, whatever became of the job
   * that once failed to make it; a driver's notes only tell why something is not there.
   *
   * @param sweep in whose folder such notes may be
   */
  public static SweepResults read(Store store, String sweep, SweepPlanFile plan)
      throws IOException {
    Map<ArtifactKey, Lookup> found =
        store.lookup(plan.cells().stream().map(SweepPlanFile.GridPoint::artifact).toList());
    Map<String, JobStatus> notes =
        store
            .readSweepFile(sweep, SweepStatusFile.FILE_NAME, SweepStatusFile.class)
            .filter(status -> status.plan().equals(plan.plan()))
            .map(SweepStatusFile::jobs)
            .orElse(Map.of());
    List<List<ResultRow>> rows =
        Concurrently.each(
            plan.cells(), cell -> rows(cell, found.get(cell.artifact()), notes.get(cell.id())));
    return new SweepResults(rows.stream().flatMap(List::stream).toList());
  }

  private static List<ResultRow> rows(SweepPlanFile.GridPoint cell, Lookup lookup, JobStatus note)
      throws IOException {
    if (lookup instanceof Lookup.Present present) {
      try {
        return rows(cell, Optional.of(present.artifact().metrics()), ResultRow.Status.DONE);
      } catch (DamagedArtifactException e) {
        return rows(cell, Optional.empty(), ResultRow.Status.DAMAGED);
      }
    }
    return rows(cell, Optional.empty(), reason(lookup, note));
  }

  private static ResultRow.Status reason(Lookup lookup, JobStatus note) {
    if (note != null && note.state() == SweepStatusFile.State.FAILED) {
      return ResultRow.Status.FAILED;
    }
    if (note != null && note.state() == SweepStatusFile.State.BLOCKED) {
      return ResultRow.Status.BLOCKED;
    }
    if (lookup instanceof Lookup.Damaged) {
      return ResultRow.Status.DAMAGED;
    }
    return lookup instanceof Lookup.Outdated ? ResultRow.Status.OUTDATED : ResultRow.Status.MISSING;
  }

  private static List<ResultRow> rows(
      SweepPlanFile.GridPoint cell, Optional<Metrics> metrics, ResultRow.Status status) {
    return cell.heads().stream().map(head -> new ResultRow(cell, head, metrics, status)).toList();
  }

  /** Networks without a result. */
  public long missing() {
    return rows.stream()
        .filter(row -> row.status() != ResultRow.Status.DONE)
        .map(row -> row.cell().artifact())
        .distinct()
        .count();
  }
}
