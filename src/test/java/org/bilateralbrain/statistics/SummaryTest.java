package org.bilateralbrain.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bilateralbrain.statistics.Summary.Method;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SummaryTest {

  private static final int ROUNDS = 2000;
  private static final double MEAN = 0.5;

  @Test
  void theIntervalOfIndependentValuesIsStudents() {
    Summary summary = Summary.of(List.of(0.70, 0.72, 0.71));

    assertThat(summary.mean()).isCloseTo(0.71, within(1e-12));
    assertThat(summary.deviation()).isCloseTo(0.01, within(1e-12));
    assertThat(summary.halfInterval()).isCloseTo(4.302653 * 0.01 / Math.sqrt(3), within(1e-7));
  }

  /**
   * Davies and Goldsmith (1972), diameters of 24 plates by 6 samples of penicillin. REML estimates
   * of R's lme4 (Bates, "lme4: Mixed-effects modeling with R", section 2.1): variances 0.71691,
   * 3.73092, 0.30242; mean 22.9722, standard error 0.8086. In balanced data these are the ANOVA
   * estimates.
   */
  @Test
  void crossedVarianceComponentsAreThoseOfTheMixedModel() {
    String plates =
        """
        27 23 26 23 23 21 27 23 26 23 23 21 25 21 25 24 24 20 26 23 25 23 23 20
        25 22 26 22 23 20 24 22 25 23 22 19 24 20 23 21 22 19 26 22 26 24 24 21
        24 21 24 22 22 20 24 21 24 23 22 19 26 23 26 24 24 21 25 22 26 24 24 20
        26 24 26 24 25 22 26 23 26 23 23 20 26 23 25 24 24 22 25 22 25 23 23 20
        25 21 24 23 23 20 25 22 24 23 23 19 24 21 23 21 21 19 26 23 26 24 24 21
        25 21 24 22 22 18 25 22 25 22 22 20 24 21 24 22 24 19 24 21 24 22 21 18
        """;
    double[] all = Stream.of(plates.split("\\s+")).mapToDouble(Double::parseDouble).toArray();
    double[][] values = new double[24][];
    Arrays.setAll(values, plate -> Arrays.copyOfRange(all, 6 * plate, 6 * plate + 6));

    CrossedDesign design = CrossedDesign.of(values);
    Summary summary = Summary.of(crossed(values));

    assertThat(design.leftVariance()).isCloseTo(0.71691, within(1e-4));
    assertThat(design.rightVariance()).isCloseTo(3.73092, within(2e-4));
    assertThat(design.restVariance()).isCloseTo(0.30242, within(1e-4));
    assertThat(summary.method()).isEqualTo(Method.CROSSED);
    assertThat(summary.mean()).isCloseTo(22.9722, within(1e-4));
    assertThat(summary.standardError()).isCloseTo(0.8086, within(1e-4));
  }

  /** By hand: residuals -1, 0, 1, -1, 1; e'e = 4, and 2 (0 + 0 - 1 - 1) for neighbours. */
  @Test
  void clusteringSumsTheProductsOfResidualsThatShareAPart() {
    double[] values = {0, 1, 2, 0, 2};
    ClusteredMean mean = ClusteredMean.of(values, SharedParts.of(chain(values))).orElseThrow();

    // the sum is 0: no less than if they were independent, var / n = 1 / 5
    assertThat(mean.variance()).isCloseTo(0.2, within(1e-12));
    assertThat(mean.degreesOfFreedom())
        .as("NumPy, from the same definition")
        .isCloseTo(1.60, within(0.005));

    double[] rising = {0, 0, 0, 2, 2, 2};
    ClusteredMean clustered = ClusteredMean.of(rising, SharedParts.of(chain(rising))).orElseThrow();
    // residuals -1 -1 -1 1 1 1: 6 + 2 (1 + 1 - 1 + 1 + 1) = 12, over 36
    assertThat(clustered.variance() / (12.0 / 36))
        .as("correction")
        .isCloseTo(correction(6), within(1e-9));
  }

  /** The bias of the sum for a chain with covariances 1, 1/2, worked out entry by entry. */
  private static double correction(int n) {
    double[][] covariance = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        covariance[i][j] = i == j ? 1 : Math.abs(i - j) == 1 ? 0.5 : 0;
      }
    }
    double truth = 0;
    double expected = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        truth += covariance[i][j];
        if (Math.abs(i - j) <= 1) { // E e_i e_j of residuals
          for (int k = 0; k < n; k++) {
            for (int l = 0; l < n; l++) {
              expected +=
                  ((i == k ? 1 : 0) - 1.0 / n) * ((j == l ? 1 : 0) - 1.0 / n) * covariance[k][l];
            }
          }
        }
      }
    }
    return truth / expected;
  }

  @Test
  void withTooFewDistinctPartsThereIsNoInterval() {
    assertThat(Summary.of(chain(0.5, 0.6)).halfInterval()).as("of three seeds").isNaN();
    assertThat(Summary.of(chain(0.5, 0.6, 0.7)).halfInterval()).as("of four seeds").isNaN();
    assertThat(Summary.of(chain(0.5, 0.6, 0.7, 0.6)).halfInterval()).isPositive();
    assertThat(Summary.of(chain(0.5, 0.6)).mean()).isCloseTo(0.55, within(1e-12));
    double[] many = new Random(1).doubles(501).toArray();
    assertThat(Summary.of(chain(many)).halfInterval()).as("would take minutes").isNaN();
  }

  /** Share of the variance that comes from parts; the rest is each network's own. */
  @ParameterizedTest
  @ValueSource(doubles = {0.2, 0.6, 1})
  void ninetyFivePercentIntervalsCoverAboutNinetyFivePercent(double share) {
    Random random = new Random(1);

    assertThat(
            coverage(
                () -> {
                  double[] parts = noise(random, 5, 1);
                  Arrays.setAll(parts, i -> MEAN + parts[i]);
                  return Observation.of(rows(parts));
                }))
        .as("independent")
        .isBetween(0.93, 0.97);
    assertThat(
            coverage(
                () -> {
                  double[] parts = noise(random, 10, share / 2);
                  double[] values = noise(random, 9, 1 - share);
                  Arrays.setAll(values, i -> MEAN + values[i] + parts[i] + parts[i + 1]);
                  return chain(values);
                }))
        .as("chain")
        .isBetween(0.93, 0.985);
    assertThat(
            coverage(
                () -> {
                  double[] left = noise(random, 6, share / 4);
                  double[] right = noise(random, 6, share * 3 / 4);
                  double[][] values = new double[6][];
                  Arrays.setAll(values, i -> noise(random, 6, 1 - share));
                  for (int i = 0; i < 6; i++) {
                    for (int j = 0; j < 6; j++) {
                      values[i][j] += MEAN + left[i] + right[j];
                    }
                  }
                  return crossed(values);
                }))
        .as("crossed")
        .isBetween(0.90, 0.98);
  }

  private interface Draw {
    List<Observation> observations();
  }

  /** Of values whose true mean is known. */
  private static double coverage(Draw draw) {
    int covered = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Summary summary = Summary.of(draw.observations());
      covered += summary.low() <= MEAN && summary.high() >= MEAN ? 1 : 0;
    }
    return (double) covered / ROUNDS;
  }

  private static double[] noise(Random random, int count, double variance) {
    return random
        .doubles(count)
        .map(any -> 0.02 * Math.sqrt(variance) * random.nextGaussian())
        .toArray();
  }

  private static List<ResultRow> rows(double... values) {
    List<ResultRow> rows = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      rows.add(Rows.of("unilateral-fine", i, values[i], "f" + i));
    }
    return rows;
  }

  private static List<Observation> chain(double... values) {
    List<ResultRow> rows = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      rows.add(Rows.of("bilateral-fine-fine", i, values[i], "f" + i, "f" + (i + 1)));
    }
    return Observation.of(rows);
  }

  private static List<Observation> crossed(double[][] values) {
    List<ResultRow> rows = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      for (int j = 0; j < values[i].length; j++) {
        rows.add(Rows.of("bilateral-specialised", i, values[i][j], "f" + i, "c" + j));
      }
    }
    return Observation.of(rows);
  }
}
