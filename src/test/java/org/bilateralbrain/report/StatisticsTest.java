package org.bilateralbrain.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.SweepPlanFile;
import org.junit.jupiter.api.Test;

class StatisticsTest {

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
  void pairedTestsGiveTheTextbooksProbabilities() {
    Comparison comparison =
        Statistics.of(sweep(BEFORE, AFTER), Optional.empty()).comparisons().get(0);

    assertThat(comparison.group().model()).isEqualTo("bilateral-specialised");
    assertThat(comparison.baseline().model()).isEqualTo("unilateral-both");
    assertThat(comparison.differences().mean()).isCloseTo(0.4318889, within(1e-6));
    assertThat(comparison.t()).isCloseTo(0.01618, within(5e-6));
    assertThat(comparison.wilcoxon()).isCloseTo(0.03906, within(5e-6));
  }

  @Test
  void probabilitiesAreCorrectedByHolm() {
    assertThat(Holm.corrected(0.01, 0.04, Double.NaN, 0.03, 0.005))
        .containsExactly(0.03, 0.06, Double.NaN, 0.06, 0.02);
    assertThat(Holm.corrected(0.5, 0.9)).containsExactly(1, 1);
    assertThat(Holm.corrected()).isEmpty();
  }

  @Test
  void whereSeedsAreTooFewThereIsADash() {
    String one = text(new double[] {0.5}, new double[] {0.4});
    assertThat(one)
        .contains("| 50.00 ± – (1) | – ")
        .contains("| +10.00     | –             | 1     | –        | –          |");

    String three = text(new double[] {0.5, 0.6, 0.7}, new double[] {0.4, 0.45, 0.5});
    assertThat(three)
        .containsPattern("\\+15\\.00 +\\| \\[2\\.58, 27\\.42\\] +\\| 3 +\\| 0\\.035 +\\| – ");
  }

  @Test
  void onlyCommonSeedsAreComparedAndMissingOnesAreNamed() {
    List<ResultRow> rows = sweep(new double[] {0.5, 0.6, 0.7}, new double[] {0.4, 0.45});
    rows.add(row("unilateral-both", 2, Optional.empty()));
    StatisticsText text = new StatisticsText(Statistics.of(rows, Optional.empty()));

    assertThat(text.markdown())
        .containsPattern("\\+12\\.50 .*\\| 2 ")
        .contains("(2 of 3)")
        .contains("Without a result: unilateral-both, symmetric, resnet9, fine: seed 2 FAILED");
  }

  @Test
  void withoutABaselineThereIsNoTest() {
    List<ResultRow> rows = new ArrayList<>();
    rows.add(row("bilateral-specialised", 0, Optional.of(0.5)));

    Statistics statistics = Statistics.of(rows, Optional.empty());
    assertThat(statistics.comparisons()).isEmpty();
    assertThat(new StatisticsText(statistics).markdown()).doesNotContain("against");
  }

  @Test
  void macroArchitecturesComeInThePapersOrder() {
    List<String> models =
        Statistics.of(sweep(BEFORE, AFTER), Optional.empty()).accuracies().stream()
            .map(a -> a.group().model())
            .toList();

    assertThat(models).containsExactly("unilateral-both", "bilateral-specialised");
  }

  @Test
  void csvLatexAndJsonHoldTheSame() throws Exception {
    Statistics statistics =
        Statistics.of(sweep(BEFORE, AFTER), Optional.of("bilateral-specialised"));
    StatisticsText text = new StatisticsText(statistics);

    assertThat(text.csv().lines())
        .hasSize(3)
        .allSatisfy(line -> assertThat(line.split(",", -1)).hasSize(21));
    assertThat(text.latex())
        .contains("\\begin{tabular}{lllllll}", "\\toprule", "fine \\%", "$\\pm$", "& -43.19 &");
    assertThat(
            new String(
                Json.encode(
                    Statistics.of(sweep(new double[] {0.5}, new double[] {0.4}), Optional.empty())),
                StandardCharsets.UTF_8))
        .contains("\"half_interval\" : null")
        .contains("\"t_test\" : null")
        .contains("\"model\" : \"unilateral-both\"");
  }

  @Test
  void theEffectOfAVariantIsItsDifferenceFromThePlainOneOfTheSameModel() {
    List<ResultRow> rows = new ArrayList<>();
    for (int seed = 0; seed < 3; seed++) {
      rows.add(
          row("unilateral-fine", "wide", seed, Optional.of(0.5 + 0.1 * seed + 0.02 * (seed + 1))));
      rows.add(row("unilateral-fine", "symmetric", seed, Optional.of(0.5 + 0.1 * seed)));
      rows.add(row("bilateral-specialised", "wide", seed, Optional.of(0.9)));
    }

    Statistics statistics = Statistics.of(rows, Optional.empty());

    assertThat(statistics.effects())
        .singleElement()
        .satisfies(
            effect -> {
              assertThat(effect.group().variant()).isEqualTo("wide");
              assertThat(effect.baseline().variant()).isEqualTo("symmetric");
              assertThat(effect.differences().mean()).isCloseTo(0.04, within(1e-12));
              assertThat(effect.differences().n()).isEqualTo(3);
            });
    assertThat(Statistics.of(rows, Optional.empty(), Optional.of("wide")).effects())
        .singleElement()
        .satisfies(
            effect -> assertThat(effect.differences().mean()).isCloseTo(-0.04, within(1e-12)));
    assertThat(new StatisticsText(statistics).markdown())
        .containsPattern("unilateral-fine +\\| wide .*\\| symmetric +\\| \\+4\\.00");
  }

  @Test
  void networksThatAVariantLeavesAsTheyAreAreComparedOnce() {
    List<ResultRow> rows = new ArrayList<>();
    for (int seed = 0; seed < 3; seed++) {
      for (String variant : List.of("fast", "symmetric")) {
        rows.add(
            row("unilateral-both", variant, seed, "both" + seed, Optional.of(0.4 + 0.01 * seed)));
        rows.add(
            row("unilateral-fine", variant, seed, "fine" + seed, Optional.of(0.5 + 0.02 * seed)));
        rows.add(row("bilateral-specialised", variant, seed, Optional.of(0.7)));
      }
    }

    Statistics statistics = Statistics.of(rows, Optional.empty());

    assertThat(statistics.comparisons())
        .extracting(each -> each.group().name(false))
        .containsExactly("unilateral-fine", "bilateral-specialised, fast", "bilateral-specialised");
    assertThat(statistics.effects())
        .as("other networks, even if they are as good")
        .singleElement()
        .satisfies(effect -> assertThat(effect.group().model()).isEqualTo("bilateral-specialised"));
  }

  private static String text(double[] specialised, double[] both) {
    return new StatisticsText(Statistics.of(sweep(specialised, both), Optional.empty())).markdown();
  }

  private static List<ResultRow> sweep(double[] specialised, double[] both) {
    List<ResultRow> rows = new ArrayList<>();
    for (int seed = 0; seed < specialised.length; seed++) {
      rows.add(row("bilateral-specialised", seed, Optional.of(specialised[seed])));
    }
    for (int seed = 0; seed < both.length; seed++) {
      rows.add(row("unilateral-both", seed, Optional.of(both[seed])));
    }
    return rows;
  }

  private static ResultRow row(String model, int seed, Optional<Double> accuracy) {
    return row(model, "symmetric", seed, accuracy);
  }

  private static ResultRow row(String model, String variant, int seed, Optional<Double> accuracy) {
    return row(model, variant, seed, model + variant + seed, accuracy);
  }

  private static ResultRow row(
      String model, String variant, int seed, String id, Optional<Double> accuracy) {
    SweepPlanFile.GridPoint cell =
        new SweepPlanFile.GridPoint(
            model, variant, "resnet9", "resnet9", seed, seed, List.of("fine"), "bilateral", id);
    Optional<Metrics> metrics =
        accuracy.map(
            test -> new Metrics(1, 1, 1, 1, 1, Map.of("fine", new Metrics.Accuracy(null, test))));
    return new ResultRow(
        cell,
        "fine",
        metrics,
        accuracy.isPresent() ? ResultRow.Status.DONE : ResultRow.Status.FAILED);
  }
}
