package org.bilateralbrain.report.page;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.bilateralbrain.report.StatisticsText;
import org.bilateralbrain.report.page.CurvesFigure.Curve;
import org.bilateralbrain.statistics.Group;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Concurrently;
import org.bilateralbrain.store.DamagedArtifactException;
import org.bilateralbrain.store.History;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.SweepPlanFile;

/**
 * The histories of all trainings of a plan that the store has.
 *
 * @param bySeries those that differ only in their seeds, by what a figure calls them
 */
record Histories(Map<String, List<History>> bySeries) {

  /**
   * @param found what the store has under the keys of the plan's jobs
   */
  static Histories read(SweepPlanFile plan, Map<ArtifactKey, Lookup> found) throws IOException {
    Map<String, List<History>> bySeries = new LinkedHashMap<>();
    List<SweepPlanFile.Job> trained =
        plan.jobs().stream().filter(SweepPlanFile.Job::mayTrain).toList();
    List<Optional<History>> histories =
        Concurrently.each(
            trained, job -> history(Objects.requireNonNull(found.get(job.artifact()))));
    Map<String, String> names = seriesNames(plan);
    for (int i = 0; i < trained.size(); i++) {
      String name = names.get(trained.get(i).id());
      histories
          .get(i)
          .ifPresent(
              history -> bySeries.computeIfAbsent(name, any -> new ArrayList<>()).add(history));
    }
    return new Histories(bySeries);
  }

  private static Optional<History> history(Lookup lookup) throws IOException {
    if (!(lookup instanceof Lookup.Present present) || !present.artifact().has(History.FILE_NAME)) {
      return Optional.empty();
    }
    try {
      return Optional.of(History.parse(present.artifact().read(History.FILE_NAME)));
    } catch (DamagedArtifactException e) {
      return Optional.empty(); // it has no row in the table either
    }
  }

  /**
   * By the jobs' ids: the (first) line of the table that shows the network. Networks that no line
   * shows are called by what is trained, numbered where several series share such a name.
   */
  private static Map<String, String> seriesNames(SweepPlanFile plan) {
    boolean withBackbone =
        plan.cells().stream().map(cell -> Group.of(cell).backbone()).distinct().count() > 1;
    Map<String, String> names = new HashMap<>();
    for (SweepPlanFile.GridPoint cell : plan.cells()) {
      names.putIfAbsent(cell.id(), StatisticsText.name(Group.of(cell), withBackbone));
    }
    Map<String, Map<String, String>> bySubject = new HashMap<>();
    for (SweepPlanFile.Job job : plan.jobs()) {
      String subject = job.subject();
      Map<String, String> series = bySubject.computeIfAbsent(subject, any -> new LinkedHashMap<>());
      String number = series.isEmpty() ? "" : " (%s)".formatted(series.size() + 1);
      names.putIfAbsent(
          job.id(), series.computeIfAbsent(String.valueOf(job.series()), any -> subject + number));
    }
    return names;
  }

  /** Validation accuracies of a head, in percent. */
  List<Curve> validation(String head) {
    return percents(head, History.Epoch::validation);
  }

  /** Accuracies of a head on the training images of each epoch, in percent. */
  List<Curve> trainAccuracy(String head) {
    return percents(head, History.Epoch::trainAccuracy);
  }

  private List<Curve> percents(
      String head, Function<History.Epoch, Map<String, Double>> accuracies) {
    return curves(
        epoch ->
            Optional.ofNullable(accuracies.apply(epoch).get(head)).map(accuracy -> 100 * accuracy));
  }

  List<Curve> trainLoss() {
    return curves(epoch -> Optional.of(epoch.trainLoss()));
  }

  List<Curve> validationLoss(String head) {
    return curves(epoch -> Optional.ofNullable(epoch.validationLoss().get(head)));
  }

  /** None if all trainings have one rate throughout, which is among the settings. */
  List<Curve> learningRates() {
    List<Curve> all = curves(epoch -> Optional.of(epoch.learningRate()));
    return all.stream()
                .flatMap(curve -> curve.seeds().stream())
                .flatMap(List::stream)
                .distinct()
                .count()
            > 1
        ? all
        : List.of();
  }

  /** One curve for each series that has such a value. */
  private List<Curve> curves(Function<History.Epoch, Optional<Double>> value) {
    List<Curve> curves = new ArrayList<>();
    bySeries.forEach(
        (name, histories) -> {
          List<List<Double>> seeds =
              histories.stream()
                  .map(history -> history.epochs().stream().map(value).flatMap(Optional::stream))
                  .map(values -> values.toList())
                  .filter(values -> !values.isEmpty())
                  .toList();
          if (!seeds.isEmpty()) {
            curves.add(new Curve(name, seeds));
          }
        });
    return curves;
  }
}
