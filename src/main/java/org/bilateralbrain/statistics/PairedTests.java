package org.bilateralbrain.statistics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.ranking.NaturalRanking;
import org.apache.commons.math3.stat.ranking.TiesStrategy;

/** The signed-rank test of paired differences, and the correction for multiple testing. */
final class PairedTests {

  /** With fewer, the smallest possible p-value, 2 / 2^n, is above 0.1: the test can't reject. */
  private static final int MIN_FOR_WILCOXON = 5;

  private PairedTests() {}

  /**
   * Wilcoxon's signed-rank test, exact, also with ties (which get their mean rank). Zeros are
   * dropped, as in Wilcoxon 1945 (not counted as Pratt proposes). Commons Math counts zeros as
   * negative, and takes 2^n steps.
   *
   * @return NaN below five differences other than zero
   */
  static double wilcoxon(double... differences) {
    double[] signed = Arrays.stream(differences).filter(difference -> difference != 0).toArray();
    if (signed.length < MIN_FOR_WILCOXON) {
      return Double.NaN;
    }
    int[] doubled = doubledRanks(signed);
    int positive = 0;
    for (int i = 0; i < signed.length; i++) {
      positive += signed[i] > 0 ? doubled[i] : 0;
    }
    int all = Arrays.stream(doubled).sum();
    double[] distribution = distribution(doubled, all);
    double tail = 0;
    for (int sum = 0; sum <= Math.min(positive, all - positive); sum++) {
      tail += distribution[sum];
    }
    return Math.min(1, 2 * tail);
  }

  /** Of so many differences other than zero, all with the same sign; NaN where it isn't done. */
  static double smallestWilcoxon(int differences) {
    return differences < MIN_FOR_WILCOXON ? Double.NaN : 2 * Math.pow(0.5, differences);
  }

  /** Ranks of the absolute values, doubled because mean ranks of ties can be halves. */
  private static int[] doubledRanks(double[] differences) {
    double[] sizes = Arrays.stream(differences).map(Math::abs).toArray();
    double[] ranks = new NaturalRanking(TiesStrategy.AVERAGE).rank(sizes);
    return Arrays.stream(ranks).mapToInt(rank -> (int) Math.round(2 * rank)).toArray();
  }

  /** The probability of each sum of positive ranks if every sign is the toss of a coin. */
  private static double[] distribution(int[] ranks, int all) {
    double[] distribution = new double[all + 1];
    distribution[0] = 1;
    for (int rank : ranks) {
      for (int sum = all; sum >= 0; sum--) {
        distribution[sum] =
            0.5 * distribution[sum] + (sum >= rank ? 0.5 * distribution[sum - rank] : 0);
      }
    }
    return distribution;
  }

  /**
   * Holm's step-down correction for multiple testing, which controls the family-wise error rate
   * (Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
   * Statistics 6, 1979).
   *
   * @param pValues NaN where there was no test; those don't count and stay NaN
   */
  static double[] holm(double... pValues) {
    List<Integer> ascending =
        IntStream.range(0, pValues.length)
            .boxed()
            .filter(i -> !Double.isNaN(pValues[i]))
            .sorted(Comparator.comparingDouble(i -> pValues[i]))
            .toList();
    double[] corrected = pValues.clone();
    double atLeast = 0;
    for (int rank = 0; rank < ascending.size(); rank++) {
      int i = ascending.get(rank);
      atLeast = Math.max(atLeast, Math.min(1, (ascending.size() - rank) * pValues[i]));
      corrected[i] = atLeast;
    }
    return corrected;
  }
}
