package org.bilateralbrain.report.page;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Concurrently;
import org.bilateralbrain.store.DamagedArtifactException;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.SweepPlanFile;

/** The trainings' histories in a store, by networks that differ in their seeds alone. */
record Histories(Map<String, List<Map<String, List<Double>>>> byNetwork) {

  private static final String FILE = "history.csv";

  /**
   * Of all jobs that have been done and that train something.
   *
   * @param found what the store has under the keys of the plan's jobs
   */
  static Histories read(SweepPlanFile plan, Map<ArtifactKey, Lookup> found) throws IOException {
    Map<String, List<Map<String, List<Double>>>> byNetwork = new LinkedHashMap<>();
    List<SweepPlanFile.Job> trained =
        plan.jobs().stream().filter(SweepPlanFile.Job::mayTrain).toList();
    List<List<Map<String, List<Double>>>> histories =
        Concurrently.each(trained, job -> columns(found.get(job.artifact())));
    Map<String, String> names = new SeriesNames(plan).byJob();
    for (int i = 0; i < trained.size(); i++) {
      if (!histories.get(i).isEmpty()) {
        byNetwork
            .computeIfAbsent(names.get(trained.get(i).id()), any -> new ArrayList<>())
            .addAll(histories.get(i));
      }
    }
    return new Histories(byNetwork);
  }

  private static List<Map<String, List<Double>>> columns(Lookup lookup) throws IOException {
    if (!(lookup instanceof Lookup.Present present) || !present.artifact().has(FILE)) {
      return List.of();
    }
    Artifact artifact = present.artifact();
    try {
      List<String> lines = new String(artifact.read(FILE), StandardCharsets.UTF_8).lines().toList();
      List<String> names = List.of(lines.get(0).split(","));
      Map<String, List<Double>> columns = new LinkedHashMap<>();
      names.forEach(name -> columns.put(name, new ArrayList<>()));
      for (String line : lines.subList(1, lines.size())) {
        List<String> cells = Arrays.asList(line.split(",", -1));
        for (int i = 0; i < names.size(); i++) {
          if (!cells.get(i).isEmpty()) {
            columns.get(names.get(i)).add(Double.valueOf(cells.get(i)));
          }
        }
      }
      return List.of(columns);
    } catch (DamagedArtifactException e) {
      return List.of(); // it has no row in the table either
    }
  }

  /** One curve for each network that has such a column. */
  List<Curve> curves(String column, double factor) {
    List<Curve> curves = new ArrayList<>();
    byNetwork.forEach(
        (name, seeds) -> {
          List<List<Double>> values =
              seeds.stream()
                  .map(columns -> columns.getOrDefault(column, List.of()))
                  .filter(of -> !of.isEmpty())
                  .map(of -> of.stream().map(value -> factor * value).toList())
                  .toList();
          if (!values.isEmpty()) {
            curves.add(new Curve(name, values));
          }
        });
    return curves;
  }
}
