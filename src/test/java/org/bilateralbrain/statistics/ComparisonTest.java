package org.bilateralbrain.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bilateralbrain.statistics.Summary.Method;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  /** Hollander and Wolfe (1973), the example of R's wilcox.test: V = 40, p = 0.03906. */
  private static final double[] BEFORE = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};

  private static final double[] AFTER = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};

  /** R: t.test(before, after, paired = TRUE). */
  @Test
  void networksThatContainOneAnotherAreComparedPairwise() {
    List<ResultRow> whole = new ArrayList<>();
    List<ResultRow> part = new ArrayList<>();
    for (int seed = 0; seed < BEFORE.length; seed++) {
      whole.add(Rows.of("bilateral-specialised", seed, BEFORE[seed], "f" + seed, "c" + seed));
      part.add(Rows.of("unilateral-fine", seed, AFTER[seed], "f" + seed));
    }

    Comparison comparison = compare(whole, part);
    Comparison reverse = compare(part, whole);

    assertThat(comparison.differences().method()).isEqualTo(Method.STUDENT);
    assertThat(comparison.differences().mean()).isCloseTo(0.4318889, within(1e-6));
    assertThat(comparison.differences().low()).isCloseTo(0.1037787, within(1e-6));
    assertThat(comparison.tTestPValue()).isCloseTo(0.01617663, within(1e-7));
    assertThat(comparison.wilcoxonPValue()).isCloseTo(0.0390625, within(1e-12));
    assertThat(reverse.differences().mean()).isEqualTo(-comparison.differences().mean());
    assertThat(reverse.tTestPValue()).isEqualTo(comparison.tTestPValue());
    assertThat(reverse.wilcoxonPValue()).isEqualTo(comparison.wilcoxonPValue());
  }

  /** SciPy 1.17: ttest_ind(before, after, equal_var=False). */
  @Test
  void networksWithNothingInCommonAreComparedByWelchsTestWhateverTheirSeeds() {
    Comparison comparison =
        compare(networks("bilateral-specialised", BEFORE), networks("unilateral-both", AFTER));

    assertThat(comparison.differences().method()).isEqualTo(Method.WELCH);
    assertThat(comparison.differences().degreesOfFreedom()).isCloseTo(15.7950356, within(1e-6));
    assertThat(comparison.differences().low()).isCloseTo(-0.3286079, within(1e-6));
    assertThat(comparison.differences().high()).isCloseTo(1.1923857, within(1e-6));
    assertThat(comparison.tTestPValue()).isCloseTo(0.2458828, within(1e-6));
    assertThat(comparison.wilcoxonPValue()).isNaN();
  }

  /** SciPy 1.17, likewise. */
  @Test
  void independentGroupsMayDifferInSize() {
    Comparison comparison =
        compare(
            networks("bilateral-specialised", 0.71, 0.72, 0.69, 0.705),
            networks("unilateral-both", 0.66, 0.70, 0.68));

    assertThat(comparison.differences().degreesOfFreedom()).isCloseTo(3.1625725, within(1e-6));
    assertThat(comparison.differences().high()).isCloseTo(0.0668461, within(1e-6));
    assertThat(comparison.tTestPValue()).isCloseTo(0.1347076, within(1e-6));
    assertThat(List.of(comparison.networks(), comparison.baselineNetworks())).containsExactly(4, 3);
  }

  @Test
  void oneModelInTwoVariantsIsComparedSeedBySeedAndMissingSeedsAreLeftOut() {
    List<ResultRow> wide = new ArrayList<>();
    List<ResultRow> plain = new ArrayList<>();
    for (int seed = 0; seed < 6; seed++) {
      wide.add(variant("wide", seed, BEFORE[seed]));
      plain.add(variant("symmetric", seed, AFTER[seed]));
    }
    wide.remove(4);

    Comparison comparison = compare(wide, plain);

    assertThat(comparison.differences().method()).isEqualTo(Method.STUDENT);
    assertThat(comparison.differences().n()).isEqualTo(5);
    assertThat(comparison.differences().mean())
        .isCloseTo((0.952 - 0.147 + 1.022 + 0.43 + 0.59) / 5, within(1e-12));
  }

  @Test
  void anEnsembleIsComparedWithTheMeanOfItsOwnMembers() {
    double[] members = {0.60, 0.64, 0.61, 0.63, 0.62, 0.66, 0.60, 0.61, 0.65, 0.63};
    List<ResultRow> alone = new ArrayList<>();
    List<ResultRow> ensembles = new ArrayList<>();
    for (int seed = 0; seed < members.length; seed++) {
      alone.add(Rows.of("unilateral-both", seed, members[seed], "m" + seed));
      if (seed > 0) {
        double mean = (members[seed - 1] + members[seed]) / 2;
        ensembles.add(
            Rows.of("ensemble-2", seed, mean + 0.02 + 0.001 * seed, "m" + (seed - 1), "m" + seed));
      }
    }

    Comparison comparison = compare(ensembles, alone);

    assertThat(comparison.differences().mean())
        .as("their own gain")
        .isCloseTo(0.025, within(1e-12));
    assertThat(comparison.differences().method()).isEqualTo(Method.CLUSTERED);
    assertThat(comparison.wilcoxonPValue()).isNaN();
    assertThat(compare(alone, ensembles).differences().mean()).isCloseTo(-0.025, within(1e-12));
  }

  @Test
  void aPretrainedHemisphereForAllSeedsIsGivenNotDrawn() {
    List<ResultRow> networks = new ArrayList<>();
    List<ResultRow> right = new ArrayList<>();
    for (int seed = 0; seed < 3; seed++) {
      networks.add(Rows.of("bilateral-specialised", seed, 0.70 + 0.01 * seed, "f" + seed, "c"));
      right.add(Rows.of("unilateral-coarse", seed, 0.65, "c"));
    }

    assertThat(Summary.of(Observation.of(networks)).method()).isEqualTo(Method.STUDENT);
    assertThat(compare(networks, right).differences().method()).isEqualTo(Method.STUDENT);
    assertThat(Summary.of(Observation.of(right)).halfInterval())
        .as("one network, listed three times")
        .isNaN();
  }

  @Test
  void equalDifferencesHaveNoSpreadAndThusNoTest() {
    Comparison comparison =
        compare(networks("unilateral-both", 0.5, 0.5), networks("unilateral-both", 0.5, 0.5));

    assertThat(comparison.differences().halfInterval()).isZero();
    assertThat(comparison.tTestPValue()).isNaN();
  }

  @Test
  void oneNetworkHasNoIntervalAndNoTest() {
    Comparison comparison =
        compare(networks("bilateral-specialised", 0.5), networks("unilateral-both", 0.4, 0.5));

    assertThat(comparison.differences().mean()).isCloseTo(0.05, within(1e-12));
    assertThat(comparison.differences().halfInterval()).isNaN();
    assertThat(comparison.tTestPValue()).isNaN();
  }

  private static ResultRow variant(String variant, int seed, double accuracy) {
    return Rows.of("unilateral-fine", variant, seed, Optional.of(accuracy));
  }

  private static List<ResultRow> networks(String model, double... accuracies) {
    List<ResultRow> rows = new ArrayList<>();
    for (int seed = 0; seed < accuracies.length; seed++) {
      rows.add(Rows.of(model, seed, Optional.of(accuracies[seed])));
    }
    return rows;
  }

  private static Comparison compare(List<ResultRow> of, List<ResultRow> from) {
    return Comparison.of(Sample.of(of).get(0), Sample.of(from).get(0));
  }
}
