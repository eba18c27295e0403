package org.bilateralbrain.report;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.Concurrently;
import org.bilateralbrain.store.DamagedArtifact;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.store.SweepStatusFile;
import org.bilateralbrain.store.SweepStatusFile.JobStatus;
import org.bilateralbrain.store.SweepStatusFile.State;

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
    List<SweepPlanFile.Cell> cells = Json.decode(plan.get(), SweepPlanFile.class).cells();
    List<List<ResultRow>> rows = Concurrently.each(cells, cell -> rows(store, cell, statuses.get(cell.id())));
    return Optional.of(new SweepResults(rows.stream().flatMap(List::stream).toList()));
  }

  /** What the sweep's driver saw fail has failed, even if an older artifact, damaged since, can still be read. */
  private static List<ResultRow> rows(Store store, SweepPlanFile.Cell cell, JobStatus known) throws IOException {
    State state = known == null ? State.WAITING : known.state();
    if (state == State.FAILED) {
      return rows(cell, Optional.empty(), ResultRow.Status.FAILED);
    }
    if (state == State.BLOCKED) {
      return rows(cell, Optional.empty(), ResultRow.Status.BLOCKED);
    }
    Optional<Artifact> artifact = store.find(cell.artifact());
    if (artifact.isEmpty()) {
      return rows(cell, Optional.empty(), ResultRow.Status.MISSING);
    }
    try {
      return rows(cell, Optional.of(artifact.get().metrics()), ResultRow.Status.DONE);
    } catch (DamagedArtifact e) {
      return rows(cell, Optional.empty(), ResultRow.Status.DAMAGED);
    }
  }

  private static List<ResultRow> rows(
      SweepPlanFile.Cell cell, Optional<Metrics> metrics, ResultRow.Status status) {
    return cell.heads().stream().map(head -> new ResultRow(cell, head, metrics, status)).toList();
  }

  private static Map<String, JobStatus> statuses(Store store, String sweep) throws IOException {
    Optional<byte[]> json = store.readSweepFile(sweep, SweepStatusFile.FILE_NAME);
    return json.isPresent() ? Json.decode(json.get(), SweepStatusFile.class).jobs() : Map.of();
  }
}
