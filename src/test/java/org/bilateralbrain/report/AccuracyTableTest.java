package org.bilateralbrain.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bilateralbrain.statistics.ResultRow;
import org.bilateralbrain.statistics.Rows;
import org.bilateralbrain.store.Accuracies;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.SweepPlanFile;
import org.junit.jupiter.api.Test;

class AccuracyTableTest {

  @Test
  void cellsHoldMeanAndSampleStandardDeviationInPercent() {
    String table = AccuracyTable.of("0123456789ab", rows(0.70, 0.72, 0.71));

    assertThat(table)
        .startsWith(
            "| model                 | variant   | backbone | fine %           | coarse % |\n| ---")
        .contains("| bilateral-specialised | symmetric | resnet9  | 71.00 ± 1.00 (3) |");
  }

  @Test
  void oneSeedHasNoDeviation() {
    assertThat(AccuracyTable.of("0123456789ab", rows(0.5))).contains("| 50.00 ± – (1) |");
  }

  @Test
  void seedsWithoutAResultAreCounted() {
    List<ResultRow> rows = rows(0.5, 0.6);
    rows.add(row(2, Optional.empty(), ResultRow.Status.FAILED));

    assertThat(AccuracyTable.of("0123456789ab", rows)).contains("| 55.00 ± 7.07 (2 of 3) |");
  }

  @Test
  void withoutAnyResultThereIsADash() {
    assertThat(
            AccuracyTable.of(
                "0123456789ab", List.of(row(0, Optional.empty(), ResultRow.Status.MISSING))))
        .contains("| – ± – (0 of 1) |");
  }

  @Test
  void whereHemispheresAreCrossedTheirSpreadIsInTheTable() {
    List<ResultRow> rows = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int left = i / 2;
      int right = i % 2;
      Optional<Double> accuracy = Optional.of(0.5 + 0.02 * left + 0.04 * right);
      rows.add(Rows.of("bilateral-specialised", "symmetric", left, right, "id" + i, accuracy));
    }

    assertThat(AccuracyTable.of("0123456789ab", rows))
        .contains("bilateral-specialised, symmetric, fine: left 1.41, right 2.83, within 0.00");
  }

  @Test
  void csvHasOneRowForEachNetworkAndHead() {
    List<ResultRow> rows = rows(0.5);
    rows.add(row(1, Optional.empty(), ResultRow.Status.BLOCKED));

    assertThat(new SweepResults(rows).csv("s", "0123456789ab").lines())
        .containsExactly(
            "sweep,model,variant,backbone_left,backbone_right,seed,head,validation_accuracy,test_accuracy,epochs,"
                + "best_epoch,train_seconds,images_per_second,parameters,artifact,status,seed_right,plan,"
                + "test_top5,test_loss,calibration_error,consistency",
            "s,bilateral-specialised,symmetric,resnet9,resnet9,0,fine,0.625,0.5,3,2,1.500,200.0,42,bilateral/id0,DONE,0,0123456789ab,1.0,0.5,0.1,0.25",
            "s,bilateral-specialised,symmetric,resnet9,resnet9,1,fine,,,,,,,,,BLOCKED,1,0123456789ab,,,,");
  }

  private static List<ResultRow> rows(double... accuracies) {
    List<ResultRow> rows = new ArrayList<>();
    for (int seed = 0; seed < accuracies.length; seed++) {
      Metrics metrics =
          new Metrics(
              3, 2, 1.5, 200, 42, Map.of("fine", Accuracies.of(0.625, accuracies[seed])), 0.25);
      rows.add(row(seed, Optional.of(metrics), ResultRow.Status.DONE));
    }
    return rows;
  }

  private static ResultRow row(int seed, Optional<Metrics> metrics, ResultRow.Status status) {
    SweepPlanFile.GridPoint cell =
        new SweepPlanFile.GridPoint(
            "bilateral-specialised",
            "symmetric",
            "resnet9",
            "resnet9",
            seed,
            seed,
            List.of("fine"),
            "bilateral",
            "id" + seed,
            List.of("id" + seed));
    return new ResultRow(cell, "fine", metrics, status);
  }
}
