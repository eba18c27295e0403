package org.bilateralbrain.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VarianceComponentsTest {

  @Test
  void differencesBetweenHemispheresAreAttributedToTheirSide() {
    // left hemispheres differ by 2 points, right ones by 4, and the pairs by nothing else
    VarianceComponents components =
        VarianceComponents.of(rows(new double[][] {{0.50, 0.54}, {0.52, 0.56}})).get(0);

    assertThat(components.left()).isCloseTo(0.02 / Math.sqrt(2), within(1e-9));
    assertThat(components.right()).isCloseTo(0.04 / Math.sqrt(2), within(1e-9));
    assertThat(components.within()).isCloseTo(0, within(1e-9));
    assertThat(components.model()).isEqualTo("bilateral-specialised");
    assertThat(components.head()).isEqualTo("fine");
  }

  @Test
  void whereMeansAreEqualAllSpreadIsWithinPairs() {
    VarianceComponents components =
        VarianceComponents.of(rows(new double[][] {{0.50, 0.52}, {0.52, 0.50}})).get(0);

    assertThat(components.left()).isCloseTo(0, within(1e-9));
    assertThat(components.right()).isCloseTo(0, within(1e-9));
    assertThat(components.within()).isCloseTo(0.02, within(1e-9));
  }

  @Test
  void pairsOfEqualSeedsAreNotCrossed() {
    List<ResultRow> zipped = new ArrayList<>(rows(new double[][] {{0.50, 0.54}, {0.52, 0.56}}));
    zipped.removeIf(row -> row.cell().seed() != row.cell().seedRight());

    assertThat(VarianceComponents.of(zipped)).isEmpty();
  }

  private static List<ResultRow> rows(double[][] accuracies) {
    List<ResultRow> rows = new ArrayList<>();
    for (int left = 0; left < accuracies.length; left++) {
      for (int right = 0; right < accuracies[left].length; right++) {
        rows.add(
            Rows.of(
                "bilateral-specialised",
                "symmetric",
                left,
                right,
                "x",
                Optional.of(accuracies[left][right])));
      }
    }
    return rows;
  }
}
