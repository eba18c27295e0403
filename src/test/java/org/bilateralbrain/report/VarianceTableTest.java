package org.bilateralbrain.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.SweepPlanFile;
import org.junit.jupiter.api.Test;

class VarianceTableTest {

  @Test
  void deviationsAreToldApartByTheirOrigin() {
    // left hemispheres differ by 2 points, right ones by 4, and the pairs by nothing else
    assertThat(VarianceTable.of(rows(new double[][] {{0.50, 0.54}, {0.52, 0.56}})))
        .contains("bilateral-specialised, symmetric, fine: left 1.41, right 2.83, within 0.00");
    // the same means everywhere, but the pairs differ
    assertThat(VarianceTable.of(rows(new double[][] {{0.50, 0.52}, {0.52, 0.50}})))
        .contains("left 0.00, right 0.00, within 2.00");
  }

  @Test
  void pairsOfTheSameSeedSayNothing() {
    List<ResultRow> zipped = new ArrayList<>(rows(new double[][] {{0.50, 0.54}, {0.52, 0.56}}));
    zipped.removeIf(row -> row.cell().seed() != row.cell().seedRight());

    assertThat(VarianceTable.of(zipped)).isEmpty();
  }

  private static List<ResultRow> rows(double[][] accuracies) {
    List<ResultRow> rows = new ArrayList<>();
    for (int left = 0; left < accuracies.length; left++) {
      for (int right = 0; right < accuracies[left].length; right++) {
        SweepPlanFile.GridPoint cell =
            new SweepPlanFile.GridPoint(
                "bilateral-specialised",
                "symmetric",
                "resnet9",
                "resnet9",
                left,
                right,
                List.of("fine"),
                "bilateral",
                "x");
        Metrics metrics =
            new Metrics(
                1, 1, 1, 1, 1, Map.of("fine", new Metrics.Accuracy(null, accuracies[left][right])));
        rows.add(new ResultRow(cell, "fine", Optional.of(metrics), ResultRow.Status.DONE));
      }
    }
    return rows;
  }
}
