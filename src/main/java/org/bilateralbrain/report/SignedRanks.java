package org.bilateralbrain.report;

import java.util.Arrays;
import org.apache.commons.math3.stat.ranking.NaturalRanking;
import org.apache.commons.math3.stat.ranking.TiesStrategy;

/**
 * Wilcoxon's signed-rank test, exact and two-sided, also with ties (of mean ranks) and zeros, which
 * say nothing and are left out (Wilcoxon 1945; Pratt's other way of counting them is not taken).
 * Commons Math counts zeros as negative, and takes 2^n steps.
 */
final class SignedRanks {

  private SignedRanks() {}

  /**
   * @param least differences, other than zero, that something can be told from
   * @return how probable ranks as lopsided as these are if signs come by chance; NaN with fewer
   *     differences
   */
  static double probability(double[] differences, int least) {
    double[] signed = Arrays.stream(differences).filter(difference -> difference != 0).toArray();
    if (signed.length < least) {
      return Double.NaN;
    }
    int[] doubled = doubledRanks(signed);
    int positive = 0;
    for (int i = 0; i < signed.length; i++) {
      positive += signed[i] > 0 ? doubled[i] : 0;
    }
    int all = Arrays.stream(doubled).sum();
    double[] chances = chances(doubled, all);
    double tail = 0;
    for (int sum = 0; sum <= Math.min(positive, all - positive); sum++) {
      tail += chances[sum];
    }
    return Math.min(1, 2 * tail);
  }

  /** Of the absolute values; mean ranks of ties are halves, hence twice of them. */
  private static int[] doubledRanks(double[] differences) {
    double[] sizes = Arrays.stream(differences).map(Math::abs).toArray();
    double[] ranks = new NaturalRanking(TiesStrategy.AVERAGE).rank(sizes);
    return Arrays.stream(ranks).mapToInt(rank -> (int) Math.round(2 * rank)).toArray();
  }

  /** For each sum of ranks how probable it is if each rank is in it by the toss of a coin. */
  private static double[] chances(int[] ranks, int all) {
    double[] chances = new double[all + 1];
    chances[0] = 1;
    for (int rank : ranks) {
      for (int sum = all; sum >= 0; sum--) {
        chances[sum] = 0.5 * chances[sum] + (sum >= rank ? 0.5 * chances[sum - rank] : 0);
      }
    }
    return chances;
  }
}
