package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bilateralbrain.config.ReportSettings;
import org.bilateralbrain.report.SweepResults;
import org.bilateralbrain.statistics.Contrast;
import org.bilateralbrain.statistics.ResultRow;
import org.bilateralbrain.statistics.Rows;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrecisionTest extends CommandFixture {

  @ParameterizedTest
  @ValueSource(
      strings = {"half-interval=0", "half-interval=-1", "half-interval=x", "p=0.05", "0.3", ""})
  void nonsenseIsRejectedBeforeAnythingStarts(String until) throws IOException {
    assertThat(execute("run", conf(TINY), "--until", until)).isEqualTo(2);
    assertThat(err()).contains("--until must be half-interval=POINTS");
  }

  @Test
  void withoutContrastsOrWithFewerSeedsThanThereAreItIsRejected() throws IOException {
    String set = "bilateral.report.contrasts=[]";
    assertThat(execute("run", conf(TINY), "--set", set, "--until", "half-interval=1")).isEqualTo(2);
    assertThat(err()).contains("--until needs contrasts, but the sweep has none");

    assertThat(execute("run", conf(TINY), "--until", "half-interval=1", "--max-seeds", "1"))
        .isEqualTo(2);
    assertThat(err()).contains("--max-seeds is 1, but grid.seeds already has 2 seeds");
  }

  @Test
  void withPruningItIsRejectedBecauseContrastsWouldLoseNetworks() throws IOException {
    String set = "bilateral.grid { sweep { heads.epochs = [1, 2] }, search.prune = median }";
    assertThat(execute("run", conf(TINY), "--set", set, "--until", "half-interval=1")).isEqualTo(2);
    assertThat(err()).contains("--until can't be combined with grid.search.prune = median");
  }

  /** Deviation 0.8165 points over four seeds, 3.182 * 0.8165 / 2 = 1.30; over five, 1.01. */
  @Test
  void theEstimateIsFollowedButSeedsAreAtMostDoubled() {
    List<Contrast> contrasts = contrasts(0.00, 0.02, 0.01, 0.01);

    assertThat(new Precision(1.4, 20).isReached(contrasts)).isTrue();
    assertThat(new Precision(1.2, 20).seedsToAdd(contrasts, 4)).as("of five").isEqualTo(1);
    assertThat(new Precision(0.1, 20).seedsToAdd(contrasts, 4)).isEqualTo(4);
    assertThat(new Precision(0.1, 5).seedsToAdd(contrasts, 4)).isEqualTo(1);
    assertThat(new Precision(0.1, 4).seedsToAdd(contrasts, 4)).isZero();
    assertThat(new Precision(1.2, 20).inWords(contrasts, 4))
        .isEqualTo(
            "4 seeds: the widest interval is ±1.30 points, of unilateral-both, wide - unilateral-both (fine);"
                + " ±1.2 takes about 5 seeds");
  }

  @Test
  void withoutAnIntervalOneSeedIsAdded() {
    List<Contrast> contrasts = contrasts(0.01);

    assertThat(new Precision(1, 20).seedsToAdd(contrasts, 1)).isEqualTo(1);
    assertThat(new Precision(1, 20).inWords(contrasts, 1)).contains("no interval yet");
  }

  private static List<Contrast> contrasts(double... differences) {
    List<ResultRow> rows = new ArrayList<>();
    for (int seed = 0; seed < differences.length; seed++) {
      rows.add(Rows.of("unilateral-both", seed, Optional.of(0.5)));
      rows.add(Rows.of("unilateral-both", "wide", seed, Optional.of(0.5 + differences[seed])));
    }
    ReportSettings.Contrast variants =
        new ReportSettings.Contrast(
            "unilateral-both",
            Optional.of("wide"),
            "unilateral-both",
            Optional.empty(),
            List.of("fine"));
    return new SweepResults(rows)
        .statistics(Optional.empty(), Optional.empty(), new ReportSettings(List.of(variants), 0.5))
        .contrasts();
  }
}
