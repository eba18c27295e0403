package org.bilateralbrain.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatisticsTest {

  private static final Contrasts CONTRASTS =
      new Contrasts(
          List.of("bilateral-unspecialised", "unilateral-both"), "symmetric", List.of(), 0.005);

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
    assertThat(
            Statistics.of(rows, new Contrasts(List.of("unilateral-both"), "wide", List.of(), 0.005))
                .effects())
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
