package org.bilateralbrain.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatisticsTest {

  private static final Contrasts CONTRASTS =
      new Contrasts(List.of("bilateral-unspecialised", "unilateral-both"), "symmetric");

  /**
   * Hollander and Wolfe (1973), the example of R's wilcox.test: V = 40, p = 0.03906; its paired
   * t-test: p = 0.01618.
   */
  private static final double[] BEFORE = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};

  private static final double[] AFTER = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};

  @Test
  void theConfidenceIntervalIsStudents() {
    Summary summary = Summary.of(List.of(0.70, 0.72, 0.71));

    assertThat(summary.mean()).isCloseTo(0.71, within(1e-12));
    assertThat(summary.deviation()).isCloseTo(0.01, within(1e-12));
    assertThat(summary.halfInterval()).isCloseTo(4.302653 * 0.01 / Math.sqrt(3), within(1e-7));
  }

  @Test
  void pairedTestsGiveTheTextbooksPValues() {
    Comparison comparison =
        Statistics.of(Rows.ofSweep(BEFORE, AFTER), CONTRASTS).comparisons().get(0);

    assertThat(comparison.group().model()).isEqualTo("bilateral-specialised");
    assertThat(comparison.baseline().model()).isEqualTo("unilateral-both");
    assertThat(comparison.differences().mean()).isCloseTo(0.4318889, within(1e-6));
    assertThat(comparison.tTestPValue()).isCloseTo(0.01618, within(5e-6));
    assertThat(comparison.wilcoxonPValue()).isCloseTo(0.03906, within(5e-6));
  }

  @Test
  void withoutABaselineThereIsNoTest() {
    List<ResultRow> rows = List.of(Rows.of("bilateral-specialised", 0, Optional.of(0.5)));

    assertThat(Statistics.of(rows, CONTRASTS).comparisons()).isEmpty();
  }

  @Test
  void theEffectOfAVariantIsItsDifferenceFromTheReferenceVariantOfTheSameModel() {
    List<ResultRow> rows = new ArrayList<>();
    for (int seed = 0; seed < 3; seed++) {
      rows.add(
          Rows.of(
              "unilateral-fine", "wide", seed, Optional.of(0.5 + 0.1 * seed + 0.02 * (seed + 1))));
      rows.add(Rows.of("unilateral-fine", "symmetric", seed, Optional.of(0.5 + 0.1 * seed)));
      rows.add(Rows.of("bilateral-specialised", "wide", seed, Optional.of(0.9)));
    }

    Statistics statistics = Statistics.of(rows, CONTRASTS);

    assertThat(statistics.effects())
        .singleElement()
        .satisfies(
            effect -> {
              assertThat(effect.group().variant()).isEqualTo("wide");
              assertThat(effect.baseline().variant()).isEqualTo("symmetric");
              assertThat(effect.differences().mean()).isCloseTo(0.04, within(1e-12));
              assertThat(effect.differences().n()).isEqualTo(3);
            });
    assertThat(Statistics.of(rows, new Contrasts(List.of("unilateral-both"), "wide")).effects())
        .singleElement()
        .satisfies(
            effect -> assertThat(effect.differences().mean()).isCloseTo(-0.04, within(1e-12)));
  }

  @Test
  void networksThatAVariantLeavesUnchangedAreComparedOnce() {
    List<ResultRow> rows = new ArrayList<>();
    for (int seed = 0; seed < 3; seed++) {
      for (String variant : List.of("fast", "symmetric")) {
        rows.add(
            Rows.of(
                "unilateral-both",
                variant,
                seed,
                seed,
                "both" + seed,
                Optional.of(0.4 + 0.01 * seed)));
        rows.add(
            Rows.of(
                "unilateral-fine",
                variant,
                seed,
                seed,
                "fine" + seed,
                Optional.of(0.5 + 0.02 * seed)));
        rows.add(Rows.of("bilateral-specialised", variant, seed, Optional.of(0.7)));
      }
    }

    Statistics statistics = Statistics.of(rows, CONTRASTS);

    assertThat(statistics.comparisons())
        .extracting(each -> each.group().model() + " " + each.group().variant())
        .containsExactly(
            "bilateral-specialised fast",
            "unilateral-fine symmetric",
            "bilateral-specialised symmetric");
    assertThat(statistics.effects())
        .as("other networks, even if they are as good")
        .singleElement()
        .satisfies(effect -> assertThat(effect.group().model()).isEqualTo("bilateral-specialised"));
  }

  @Test
  void theBaselineIsTheNearestSampleOfTheFirstModelThatTheSweepHas() {
    List<ResultRow> rows = new ArrayList<>();
    rows.add(Rows.of("unilateral-both", "wide", 0, Optional.of(0.4)));
    rows.add(Rows.of("unilateral-both", "symmetric", 0, Optional.of(0.5)));
    rows.add(Rows.of("bilateral-specialised", "symmetric", 0, Optional.of(0.6)));
    rows.add(Rows.of("bilateral-specialised", "narrow", 0, Optional.of(0.7)));

    assertThat(Statistics.of(rows, CONTRASTS).comparisons())
        .extracting(each -> each.group().variant() + " - " + each.baseline().variant())
        .as("of the same variant, or else the first")
        .containsExactly("symmetric - symmetric", "narrow - wide");
  }
}
