package org.bilateralbrain.report;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bilateralbrain.config.Model;
import org.bilateralbrain.config.ReportSettings;
import org.bilateralbrain.config.Variant;
import org.bilateralbrain.statistics.Contrasts;
import org.bilateralbrain.statistics.Group;
import org.bilateralbrain.statistics.ResultRow;
import org.bilateralbrain.statistics.Selection;
import org.bilateralbrain.statistics.Statistics;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Concurrently;
import org.bilateralbrain.store.Csv;
import org.bilateralbrain.store.DamagedArtifactException;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.PrunedFile;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.store.SweepStatusFile;
import org.bilateralbrain.store.SweepStatusFile.JobStatus;

/**
 * The results of a plan's networks, and why some have none.
 *
 * @param rows in the order of the plan
 */
public record SweepResults(List<ResultRow> rows) {

  /** The file of {@link #csv}. */
  public static final String FILE_NAME = "results.csv";

  private static final String HEADER =
      "sweep,model,variant,backbone_left,backbone_right,seed,head,validation_accuracy,test_accuracy,epochs,best_epoch,"
          + "train_seconds,images_per_second,parameters,artifact,status,seed_right,plan,"
          + "test_top5,test_loss,calibration_error,consistency";

  /**
   * The baseline, unless the user names one: the first of these that the sweep has with the head in
   * question.
   */
  private static final List<Model> BASELINES =
      List.of(
          Model.BILATERAL_UNSPECIALISED,
          Model.UNILATERAL_BOTH,
          Model.UNILATERAL_FINE,
          Model.UNILATERAL_COARSE);

  /**
   * Looks up every network of the plan. A network in the store counts even if a job once failed to
   * make it; the driver's status only explains why others are missing.
   *
   * @param sweep the name of the folder with that status
   */
  public static SweepResults read(Store store, String sweep, SweepPlanFile plan)
      throws IOException {
    Map<ArtifactKey, Lookup> found =
        store.lookup(plan.cells().stream().map(SweepPlanFile.GridPoint::artifact).toList());
    Map<String, JobStatus> statuses =
        store
            .readSweepFile(sweep, SweepStatusFile.FILE_NAME, SweepStatusFile.class)
            .filter(status -> status.plan().equals(plan.plan()))
            .map(SweepStatusFile::jobs)
            .orElse(Map.of());
    PrunedFile pruned = new PrunedFile.Place(sweep, plan.plan()).read(store);
    List<List<ResultRow>> rows =
        Concurrently.each(
            plan.cells(),
            cell ->
                rows(
                    cell,
                    Objects.requireNonNull(found.get(cell.artifact())),
                    Optional.ofNullable(statuses.get(cell.id())),
                    Optional.ofNullable(pruned.jobs().get(cell.id()))));
    return new SweepResults(rows.stream().flatMap(List::stream).toList());
  }

  private static List<ResultRow> rows(
      SweepPlanFile.GridPoint cell,
      Lookup lookup,
      Optional<JobStatus> status,
      Optional<PrunedFile.Job> pruned)
      throws IOException {
    if (lookup instanceof Lookup.Present present) {
      try {
        return rows(cell, Optional.of(present.artifact().metrics()), ResultRow.Status.DONE);
      } catch (DamagedArtifactException e) {
        return rows(cell, Optional.empty(), ResultRow.Status.DAMAGED);
      }
    }
    ResultRow.Status reason = reason(lookup, status.map(JobStatus::state));
    Optional<PrunedFile.Job> progress = pruned.filter(any -> reason == ResultRow.Status.PRUNED);
    return cell.heads().stream()
        .map(head -> new ResultRow(cell, head, Optional.empty(), reason, progress))
        .toList();
  }

  private static ResultRow.Status reason(Lookup lookup, Optional<SweepStatusFile.State> state) {
    if (state.equals(Optional.of(SweepStatusFile.State.FAILED))) {
      return ResultRow.Status.FAILED;
    }
    if (state.equals(Optional.of(SweepStatusFile.State.BLOCKED))) {
      return ResultRow.Status.BLOCKED;
    }
    if (state.equals(Optional.of(SweepStatusFile.State.PRUNED))) {
      return ResultRow.Status.PRUNED;
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

  /** Networks without a result, except for those that were pruned. */
  public long missing() {
    return rows.stream()
        .filter(row -> row.status() != ResultRow.Status.DONE)
        .filter(row -> row.status() != ResultRow.Status.PRUNED)
        .map(row -> row.cell().artifact())
        .distinct()
        .count();
  }

  /**
   * In the order of the macro-architectures, and within one in the order of the plan. Tables leave
   * out a line's networks if one of them was pruned: the mean of the others would be that of those
   * that did best.
   */
  static List<ResultRow> inTableOrder(List<ResultRow> rows) {
    Set<Group> pruned =
        rows.stream()
            .filter(row -> row.status() == ResultRow.Status.PRUNED)
            .map(row -> Group.of(row.cell()))
            .collect(Collectors.toSet());
    return rows.stream()
        .filter(row -> !pruned.contains(Group.of(row.cell())))
        .sorted(Comparator.comparing(row -> row.cell().model(), Model.tableOrder()))
        .toList();
  }

  /**
   * @param baseline a model's name
   * @param referenceVariant a variant's name
   */
  public Statistics statistics(
      Optional<String> baseline, Optional<String> referenceVariant, ReportSettings settings) {
    return Statistics.of(
        inTableOrder(rows),
        new Contrasts(
            baseline.map(List::of).orElse(BASELINES.stream().map(Model::label).toList()),
            referenceVariant.orElse(Variant.SYMMETRIC),
            settings.contrasts().stream().flatMap(SweepResults::byHead).toList(),
            settings.relevantDifference() / 100));
  }

  /**
   * Each model in the variant that is best on validation.
   *
   * @throws IllegalArgumentException if there is no validation accuracy to select by
   */
  public Selection selectedByValidation() {
    Selection selection = Selection.byValidation(rows);
    if (selection.choices().isEmpty()) {
      throw new IllegalArgumentException(
          "no network has a validation accuracy to select by: nothing has been trained yet, or data.validation-fraction is 0");
    }
    return selection;
  }

  private static Stream<Contrasts.Named> byHead(ReportSettings.Contrast contrast) {
    return contrast.heads().stream()
        .map(
            head ->
                new Contrasts.Named(
                    contrast.model(),
                    contrast.variant(),
                    contrast.against(),
                    contrast.againstVariant(),
                    head));
  }

  /**
   * One row for each trained network and head; accuracies in 0..1 with all their digits.
   *
   * @param plan hash of the plan that the rows are of
   */
  public String csv(String sweep, String plan) {
    StringBuilder csv = new StringBuilder(HEADER).append('\n');
    for (ResultRow row : rows) {
      Optional<Metrics> metrics = row.metrics();
      csv.append(
          Csv.line(
              sweep,
              row.cell().model(),
              row.cell().variant(),
              row.cell().backboneLeft(),
              row.cell().backboneRight(),
              row.cell().seed(),
              row.head(),
              row.validation(),
              row.accuracy().map(Metrics.Accuracy::test),
              metrics.map(Metrics::epochs).or(() -> row.pruned().map(PrunedFile.Job::epochs)),
              metrics.map(Metrics::bestEpoch),
              metrics.map(m -> String.format(Locale.ROOT, "%.3f", m.trainSeconds())),
              metrics.map(m -> String.format(Locale.ROOT, "%.1f", m.imagesPerSecond())),
              metrics.map(Metrics::parameters),
              metrics.map(any -> row.cell().artifact()),
              row.status(),
              row.cell().seedRight(),
              plan,
              row.accuracy().map(Metrics.Accuracy::top5),
              row.accuracy().map(Metrics.Accuracy::loss),
              row.accuracy().map(Metrics.Accuracy::calibrationError),
              metrics.map(Metrics::consistency)));
    }
    return csv.toString();
  }
}
