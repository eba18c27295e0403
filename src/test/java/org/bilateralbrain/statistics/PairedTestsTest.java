package org.bilateralbrain.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PairedTestsTest {

  @Test
  void wilcoxonsPValuesAreThoseOfTheTables() {
    assertThat(PairedTests.wilcoxon(1, 2, 3, 4, 5)).isEqualTo(0.0625);
    assertThat(PairedTests.wilcoxon(1, 2, 3, 4, -5)).as("sums 10 and 5").isEqualTo(0.625);
    assertThat(PairedTests.wilcoxon(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)).isEqualTo(2.0 / 1024);
  }

  @Test
  void wilcoxonsPValueIsTheShareOfAllSignsAlsoWithTies() {
    double[] differences = {0.01, 0.01, -0.02, 0.03, 0.03, 0.03, -0.01, 0.05};

    assertThat(PairedTests.wilcoxon(differences)).isEqualTo(byAllSigns(differences), within(1e-12));
  }

  @Test
  void zerosAreDropped() {
    double[] with = {0, 0.01, 0.02, 0, 0.03, 0.04, 0.05, 0};

    assertThat(PairedTests.wilcoxon(with)).isEqualTo(0.0625);
    assertThat(PairedTests.wilcoxon(new double[10])).isNaN();
  }

  @Test
  void theTestIsSymmetric() {
    SplittableRandom random = new SplittableRandom(1);
    for (int round = 0; round < 20; round++) {
      double[] differences = random.doubles(12, -1, 1).map(x -> Math.rint(10 * x) / 10).toArray();
      double[] negative = Arrays.stream(differences).map(x -> -x).toArray();

      assertThat(PairedTests.wilcoxon(differences))
          .isEqualTo(PairedTests.wilcoxon(negative), within(1e-15));
    }
  }

  @Test
  void hundredsOfSeedsAreNoProblem() {
    double[] differences = new SplittableRandom(2).doubles(500, -0.4, 0.6).toArray();

    assertThat(PairedTests.wilcoxon(differences)).isBetween(0.0, 0.001);
  }

  @Test
  void holmsCorrectionSkipsWhatWasNotTested() {
    assertThat(PairedTests.holm(0.01, 0.04, Double.NaN, 0.03, 0.005))
        .containsExactly(0.03, 0.06, Double.NaN, 0.06, 0.02);
    assertThat(PairedTests.holm(0.5, 0.9)).containsExactly(1, 1);
    assertThat(PairedTests.holm()).isEmpty();
  }

  /** The definition: the share of all combinations of signs whose rank sums are as extreme. */
  private static double byAllSigns(double[] differences) {
    double[] sizes = Arrays.stream(differences).map(Math::abs).toArray();
    double[] ranks = new double[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      int below = 0;
      int equal = 0;
      for (double size : sizes) {
        below += size < sizes[i] ? 1 : 0;
        equal += size == sizes[i] ? 1 : 0;
      }
      ranks[i] = below + (equal + 1) / 2.0;
    }
    double all = Arrays.stream(ranks).sum();
    double seen = 0;
    for (int i = 0; i < ranks.length; i++) {
      seen += differences[i] > 0 ? ranks[i] : 0;
    }
    int asExtreme = 0;
    for (int signs = 0; signs < 1 << ranks.length; signs++) {
      double sum = 0;
      for (int i = 0; i < ranks.length; i++) {
        sum += (signs >> i & 1) == 1 ? ranks[i] : 0;
      }
      asExtreme += Math.min(sum, all - sum) <= Math.min(seen, all - seen) ? 1 : 0;
    }
    return (double) asExtreme / (1 << ranks.length);
  }
}
