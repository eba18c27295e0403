package org.bilateralbrain.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SourceOfVarianceTest {

  private static final Map<String, List<String>> VARIED =
      Map.of("all", List.of("start", "order"), "start", List.of("start"), "wide", List.of("start"));

  private final List<ResultRow> rows = new ArrayList<>();

  /** Of 1, 2, 3, 4, 5 the variance is 2.5; the quantiles of chi-squared are from printed tables. */
  @Test
  void eachVariantHasItsDeviationWithTheIntervalOfTheChiSquaredDistribution() {
    add("all", 0.01, 0.02, 0.03, 0.04, 0.05);
    add("start", 0.02, 0.02, 0.03);

    List<SourceOfVariance> sources = SourceOfVariance.of(Sample.of(rows), VARIED);

    assertThat(sources)
        .extracting(SourceOfVariance::varied)
        .containsExactly(List.of("start", "order"), List.of("start"));
    SourceOfVariance all = sources.get(0);
    assertThat(all.deviation()).isCloseTo(Math.sqrt(2.5) / 100, within(1e-9));
    assertThat(all.interval().low()).isCloseTo(Math.sqrt(4 * 2.5e-4 / 11.143), within(1e-6));
    assertThat(all.interval().high()).isCloseTo(Math.sqrt(4 * 2.5e-4 / 0.48442), within(1e-5));
  }

  @Test
  void variantsThatVaryTheSameSourcesAreNoMatterOfSources() {
    add("start", 0.1, 0.2);
    add("wide", 0.3, 0.5);

    assertThat(SourceOfVariance.of(Sample.of(rows), VARIED)).isEmpty();
  }

  @Test
  void ofOneNetworkThereIsNoDeviation() {
    add("all", 0.1, 0.2);
    add("start", 0.1);

    assertThat(SourceOfVariance.of(Sample.of(rows), VARIED)).isEmpty();
  }

  private void add(String variant, double... accuracies) {
    for (int seed = 0; seed < accuracies.length; seed++) {
      rows.add(Rows.of("unilateral-fine", variant, seed, Optional.of(accuracies[seed])));
    }
  }
}
