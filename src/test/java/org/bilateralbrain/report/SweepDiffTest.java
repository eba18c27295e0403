package org.bilateralbrain.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.store.Accuracies;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.RunFile;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepDiffTest {

  @TempDir Path temp;
  private final Map<String, String> configurations = new HashMap<>();
  private Store store;

  @BeforeEach
  void open() throws IOException {
    store = Store.open(temp.toString(), new Configuration());
  }

  @Test
  void linesOfBothSweepsAreComparedOverCommonSeedsAndOthersAreListed() throws IOException {
    sweep(
        "a",
        "epochs = 4",
        Map.of("unilateral-fine", List.of(0.50, 0.60, 0.70), "unilateral-coarse", List.of(0.7)));
    sweep(
        "b",
        "epochs = 8",
        Map.of("unilateral-fine", List.of(0.52, 0.63), "ensemble-2", List.of(0.8)));

    SweepDiff diff = SweepDiff.of(side("a"), side("b"));

    assertThat(diff.lines())
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.comparison().differences().mean()).isCloseTo(0.025, within(1e-12));
              assertThat(line.comparison().differences().n()).isEqualTo(2);
              assertThat(line.first().n()).isEqualTo(3);
            });
    assertThat(diff.onlyInFirst()).containsExactly("unilateral-coarse, symmetric, resnet9, fine");
    assertThat(diff.onlyInSecond()).containsExactly("ensemble-2, symmetric, resnet9, fine");
    assertThat(diff.markdown())
        .contains("| +2.50  |", "Only in the first sweep: unilateral-coarse");
  }

  @Test
  void settingsThatDifferAreListedWithBothValuesAndSoAreProgramAndData() throws IOException {
    sweep("a", "epochs = 4, width = 8, only-here = [1, 2]", Map.of());
    sweep("b", "epochs = 8, width = 8", Map.of());
    store.writeSweepFile(
        "a",
        RunFile.FILE_NAME,
        Json.encode(new RunFile(plan("a"), "bilateral 1", "x", "d", "s", "h", "t", null)));
    store.writeSweepFile(
        "b",
        RunFile.FILE_NAME,
        Json.encode(new RunFile(plan("b"), "bilateral 2", "x", "d", "s", "h", "t", null)));

    assertThat(SweepDiff.of(side("a"), side("b")).markdown())
        .contains(
            "(program): bilateral 1 → bilateral 2",
            "bilateral.epochs: 4 → 8",
            "bilateral.only-here: [1,2] → –")
        .doesNotContain("width", "digest");
  }

  @Test
  void aSweepComparedWithItselfDiffersInNothing() throws IOException {
    sweep("a", "epochs = 4", Map.of("unilateral-fine", List.of(0.50, 0.60, 0.70)));

    assertThat(SweepDiff.of(side("a"), side("a")).markdown())
        .contains("No setting differs.", "| +0.00  |");
  }

  private SweepDiff.Side side(String name) throws IOException {
    SweepPlanFile plan =
        store.readSweepFile(name, SweepPlanFile.FILE_NAME, SweepPlanFile.class).orElseThrow();
    return new SweepDiff.Side(store, name, plan, configurations.get(name));
  }

  private String plan(String name) throws IOException {
    return side(name).plan().plan();
  }

  /** With the given test accuracies, one a seed. */
  private void sweep(String name, String settings, Map<String, List<Double>> accuracies)
      throws IOException {
    List<SweepPlanFile.GridPoint> cells = new ArrayList<>();
    for (var model : accuracies.entrySet()) {
      for (int seed = 0; seed < model.getValue().size(); seed++) {
        SweepPlanFile.GridPoint cell =
            new SweepPlanFile.GridPoint(
                model.getKey(),
                "symmetric",
                "resnet9",
                "",
                seed,
                seed,
                List.of("fine"),
                "hemisphere",
                name + model.getKey() + seed,
                List.of(name + model.getKey() + seed));
        cells.add(cell);
        Metrics metrics =
            new Metrics(
                1,
                1,
                1,
                1,
                1,
                Map.of("fine", Accuracies.of(null, model.getValue().get(seed))),
                null);
        try (ArtifactWriter artifact = store.write(cell.artifact())) {
          artifact.write(Metrics.FILE_NAME, out -> out.write(Json.encode(metrics)));
          artifact.commit();
        }
      }
    }
    store.writeSweepFile(
        name, SweepPlanFile.FILE_NAME, Json.encode(SweepPlanFile.of(null, cells, List.of())));
    configurations.put(name, "bilateral { " + settings + " }");
  }
}
