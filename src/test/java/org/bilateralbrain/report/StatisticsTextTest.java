package org.bilateralbrain.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bilateralbrain.config.ReportSettings;
import org.bilateralbrain.statistics.ResultRow;
import org.bilateralbrain.statistics.Rows;
import org.bilateralbrain.statistics.Statistics;
import org.bilateralbrain.store.Json;
import org.junit.jupiter.api.Test;

class StatisticsTextTest {

  private static final ReportSettings NO_CONTRASTS = new ReportSettings(List.of(), 0.5);

  @Test
  void whereSeedsAreTooFewThereIsADash() {
    String one = text(new double[] {0.5}, new double[] {0.4});
    assertThat(one)
        .contains("| 50.00 ± – (1) | – ")
        .containsPattern("\\| \\+10\\.00 +\\| – +\\| 1 / 1 +\\| Welch \\| – +\\| – +\\|");

    String three = text(new double[] {0.5, 0.6, 0.7}, new double[] {0.4, 0.45, 0.5});
    assertThat(three)
        .containsPattern(
            "\\+15\\.00 +\\| \\[-5\\.78, 35\\.78\\] +\\| 3 / 3 +\\| Welch +\\| 0\\.104 +\\| – ");
  }

  @Test
  void onlyCommonSeedsArePairedAndMissingOnesAreNamed() {
    List<ResultRow> rows = new ArrayList<>();
    for (int seed = 0; seed < 3; seed++) {
      rows.add(Rows.of("unilateral-both", "wide", seed, Optional.of(0.5 + 0.1 * seed)));
    }
    rows.add(Rows.of("unilateral-both", 0, Optional.of(0.4)));
    rows.add(Rows.of("unilateral-both", 1, Optional.of(0.45)));
    rows.add(Rows.of("unilateral-both", 2, Optional.empty()));
    StatisticsText text = new StatisticsText(statistics(rows, Optional.empty()));

    assertThat(text.markdown())
        .containsPattern("\\+12\\.50 .*\\| 2 pairs +\\| paired ")
        .contains("(2 of 3)")
        .contains("Without a result: unilateral-both, symmetric, resnet9, fine: seed 2 FAILED");
  }

  @Test
  void withoutABaselineThereIsNoTableOfComparisons() {
    Statistics statistics =
        statistics(
            List.of(Rows.of("bilateral-specialised", 0, Optional.of(0.5))), Optional.empty());

    assertThat(new StatisticsText(statistics).markdown()).doesNotContain("against");
  }

  @Test
  void macroArchitecturesComeInThePapersOrder() {
    Statistics statistics =
        statistics(Rows.ofSweep(new double[] {0.5}, new double[] {0.4}), Optional.empty());

    assertThat(statistics.accuracies())
        .extracting(each -> each.group().model())
        .containsExactly("unilateral-both", "bilateral-specialised");
  }

  @Test
  void csvAndLatexHoldTheSame() {
    Statistics statistics =
        statistics(
            Rows.ofSweep(new double[] {0.9, 0.95}, new double[] {0.4, 0.5}),
            Optional.of("bilateral-specialised"));
    StatisticsText text = new StatisticsText(statistics);

    assertThat(text.csv().lines())
        .hasSize(3)
        .allSatisfy(line -> assertThat(line.split(",", -1)).hasSize(28));
    assertThat(text.latex())
        .contains("\\begin{tabular}{lllllll}", "\\toprule", "fine \\%", "$\\pm$", "& -47.50 &");
  }

  @Test
  void jsonHoldsNullWhereThereIsNoNumber() throws Exception {
    Statistics statistics =
        statistics(Rows.ofSweep(new double[] {0.5}, new double[] {0.25}), Optional.empty());

    JsonNode json = new ObjectMapper().readTree(Json.encode(statistics));

    assertThat(json.at("/accuracies/0").toString())
        .isEqualTo(
            """
            {"group":{"model":"unilateral-both","variant":"symmetric","backbone":"resnet9"},"head":"fine",\
            "summary":{"n":1,"mean":0.25,"deviation":null,"half_interval":null,"standard_error":null,\
            "degrees_of_freedom":null,"method":"STUDENT"},"values":[0.25],"without":[],\
            "quality":{"top5":1.0,"loss":0.75,"calibration_error":0.1,"consistency":null}}""");
    assertThat(json.at("/comparisons/0/t_test").isNull()).isTrue();
    assertThat(json.at("/comparisons/0/wilcoxon").isNull()).isTrue();
    assertThat(json.at("/comparisons/0/differences/mean").doubleValue()).isEqualTo(0.25);
  }

  @Test
  void namedContrastsComeFirstAndWhatElseIsTestedIsExploratory() {
    List<ResultRow> rows =
        Rows.ofSweep(new double[] {0.60, 0.62, 0.61}, new double[] {0.50, 0.53, 0.51});
    ReportSettings settings =
        new ReportSettings(
            List.of(
                new ReportSettings.Contrast(
                    "bilateral-specialised",
                    Optional.empty(),
                    "unilateral-both",
                    Optional.empty(),
                    List.of("fine"))),
            0.5);
    Statistics statistics =
        new SweepResults(rows).statistics(Optional.empty(), Optional.empty(), settings);

    String text = new StatisticsText(statistics).markdown();
    ContrastsText contrasts = new ContrastsText(statistics.contrasts());

    assertThat(text)
        .startsWith("| contrast")
        .containsPattern(
            "bilateral-specialised - unilateral-both \\| fine \\| \\+9\\.67 .*3 / 3 .*Welch .*\\| 1\\.00 ")
        .contains("more seeds: 0.5 points")
        .contains("Exploratory");
    assertThat(contrasts.csv().lines())
        .hasSize(2)
        .allSatisfy(line -> assertThat(line.split(",", -1)).hasSize(23))
        .last()
        .asString()
        .startsWith(
            "bilateral-specialised,symmetric,resnet9,fine,unilateral-both,symmetric,resnet9,3,3,0.0966");
    assertThat(contrasts.latex()).contains("P(better)");
    assertThat(text.indexOf("| contrast")).isLessThan(text.indexOf("| model"));
  }

  @Test
  void theEffectOfAVariantStandsInATableOfItsOwn() {
    List<ResultRow> rows = new ArrayList<>();
    for (int seed = 0; seed < 3; seed++) {
      rows.add(Rows.of("unilateral-fine", "wide", seed, Optional.of(0.54 + 0.1 * seed)));
      rows.add(Rows.of("unilateral-fine", "symmetric", seed, Optional.of(0.5 + 0.1 * seed)));
    }

    assertThat(new StatisticsText(statistics(rows, Optional.empty())).markdown())
        .containsPattern("unilateral-fine +\\| wide .*\\| symmetric +\\| \\+4\\.00");
  }

  private static String text(double[] specialised, double[] both) {
    return new StatisticsText(statistics(Rows.ofSweep(specialised, both), Optional.empty()))
        .markdown();
  }

  private static Statistics statistics(List<ResultRow> rows, Optional<String> baseline) {
    return new SweepResults(rows).statistics(baseline, Optional.empty(), NO_CONTRASTS);
  }
}
