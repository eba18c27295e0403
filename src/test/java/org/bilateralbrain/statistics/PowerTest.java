package org.bilateralbrain.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.bilateralbrain.statistics.Summary.Method;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PowerTest {

  /** SciPy 1.17: scipy.stats.nct.cdf(t, df, nc). */
  @ParameterizedTest
  @CsvSource({
    "1.5, 4, 1, 0.6403408655900471",
    "2.776445, 4, 2.5, 0.5227660368940572",
    "0, 10, -1, 0.8413447460685429",
    "-1, 3, 0.5, 0.09212120981435942",
    "5, 2.5, 3, 0.728363683338108",
    "12.706, 1, 30, 0.018582078130949618",
    "1.98, 120, 2.8, 0.2068236484604948",
    "60, 1000, 62, 0.1144073740996402"
  })
  void theNoncentralDistributionIsThatOfSciPy(double t, double df, double ncp, double cdf) {
    assertThat(1 - NoncentralT.upperTail(t, df, ncp)).isCloseTo(cdf, within(1e-9));
  }

  /**
   * R's power.t.test, type = "paired", sd = 1: with 10 pairs a difference of 0.996 (SciPy:
   * 0.996002), with 2 pairs of 11.55; for 0.5, 34 pairs are needed (33.4 of R's pwr, 34 of
   * G*Power).
   */
  @Test
  void pairedDifferencesHaveThePowerOfR() {
    assertThat(paired(2).detectable()).isCloseTo(11.549888, within(1e-4));
    assertThat(paired(3).detectable()).isCloseTo(3.264044, within(1e-5));
    assertThat(paired(10).detectable()).isCloseTo(0.996002, within(1e-5));
    assertThat(paired(10).seedsForObserved()).as("34 in all").isEqualTo(24);
    assertThat(paired(10).seedsForRelevant()).as("15 in all, for 0.8").isEqualTo(5);
    assertThat(paired(34).seedsForObserved()).isZero();
    assertThat(paired(33).seedsForObserved()).isEqualTo(1);
  }

  /** R: power.t.test(delta = 0.5, power = 0.8) gives n = 63.8 in each group; for 0.8, 25.5. */
  @Test
  void independentGroupsHaveThePowerOfR() {
    Summary difference = new Summary(10, 0.5, Double.NaN, Math.sqrt(2 / 10.0), 18, Method.WELCH);

    Power power = Power.of(difference, 10, 0.8, Double.NaN);

    assertThat(power.seedsForObserved()).isEqualTo(64 - 10);
    assertThat(power.seedsForRelevant()).isEqualTo(26 - 10);
  }

  @Test
  void withoutSpreadOrWithOneSeedNothingIsKnown() {
    Summary equal = new Summary(3, 0.1, 0, 0, 2, Method.STUDENT);
    Summary one = new Summary(1, 0.1, Double.NaN, Double.NaN, Double.NaN, Method.STUDENT);

    assertThat(Power.of(equal, 3, 0.5, Double.NaN).detectable()).isNaN();
    assertThat(Power.of(one, 1, 0.5, Double.NaN).seedsForRelevant()).isNull();
  }

  @Test
  void noNumberOfSeedsDetectsADifferenceOfZero() {
    Summary none = new Summary(5, 0, 1, Math.sqrt(0.2), 4, Method.STUDENT);

    assertThat(Power.of(none, 5, 0.5, Double.NaN).seedsForObserved()).isNull();
  }

  /** 1.96 / sqrt(n) is at most 0.4 from 25 on; by Student's t from 27 on: 2.0555 / sqrt(27). */
  @Test
  void anIntervalNarrowsWithTheSquareRootOfSeeds() {
    Summary ten = new Summary(10, 0.5, 1, Math.sqrt(0.1), 9, Method.STUDENT);

    assertThat(Power.seedsForInterval(ten, 10, 0.4)).isEqualTo(17);
    assertThat(Power.seedsForInterval(ten, 10, 1)).isZero();
  }

  private static Power paired(int seeds) {
    Summary difference =
        new Summary(seeds, 0.5, 1, Math.sqrt(1.0 / seeds), seeds - 1, Method.STUDENT);
    return Power.of(difference, seeds, 0.8, Double.NaN);
  }
}
