package org.bilateralbrain.statistics;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.apache.commons.math3.stat.StatUtils;

/**
 * The two-way random-effects model of a table of l left hemispheres by r right ones with one
 * network in each cell: value = mean + left effect + right effect + rest. Analysis-of-variance
 * estimators, truncated at 0 (Searle, Casella and McCulloch, "Variance Components", 1992, section
 * 4.4).
 *
 * @param leftSquare mean square between left hemispheres, l - 1 degrees of freedom; its expectation
 *     is r times the left variance plus that of the rest
 * @param rightSquare likewise
 * @param restSquare mean square of what neither explains, (l - 1) (r - 1) degrees of freedom
 */
record CrossedDesign(
    int lefts, int rights, double leftSquare, double rightSquare, double restSquare) {

  /**
   * @param values one row for each left hemisphere, one column for each right one; two at least
   */
  static CrossedDesign of(double[][] values) {
    int lefts = values.length;
    int rights = values[0].length;
    double[] left = new double[lefts];
    double[] right = new double[rights];
    for (int i = 0; i < lefts; i++) {
      left[i] = StatUtils.mean(values[i]);
      for (int j = 0; j < rights; j++) {
        right[j] += values[i][j] / lefts;
      }
    }
    double mean = StatUtils.mean(left);
    double squares = 0;
    for (int i = 0; i < lefts; i++) {
      for (int j = 0; j < rights; j++) {
        squares += Math.pow(values[i][j] - left[i] - right[j] + mean, 2);
      }
    }
    return new CrossedDesign(
        lefts,
        rights,
        rights * StatUtils.variance(left),
        lefts * StatUtils.variance(right),
        squares / ((lefts - 1) * (rights - 1)));
  }

  /** Of observations in the cells of {@link SharedParts#crossed}. */
  static CrossedDesign of(double[] values, List<List<BitSet>> table) {
    return of(
        table.get(0).stream()
            .map(row -> table.get(1).stream().mapToDouble(of -> values[common(row, of)]).toArray())
            .toArray(double[][]::new));
  }

  private static int common(BitSet row, BitSet column) {
    BitSet cell = (BitSet) row.clone();
    cell.and(column);
    return cell.nextSetBit(0);
  }

  double leftVariance() {
    return Math.max(0, leftSquare - restSquare) / rights;
  }

  double rightVariance() {
    return Math.max(0, rightSquare - restSquare) / lefts;
  }

  double restVariance() {
    return restSquare;
  }

  /** Of the mean of all values: left / l + right / r + rest / (l r). */
  double varianceOfMean() {
    return leftVariance() / lefts + rightVariance() / rights + restVariance() / (lefts * rights);
  }

  /**
   * Of {@link #varianceOfMean}, by Satterthwaite: it is a sum of mean squares, of which those that
   * truncation removes no longer count.
   */
  double degreesOfFreedom() {
    boolean hasLeft = leftSquare > restSquare;
    boolean hasRight = rightSquare > restSquare;
    double restWeight = 1 - (hasLeft ? 1 : 0) - (hasRight ? 1 : 0);
    double[] terms = {
      hasLeft ? leftSquare : 0, hasRight ? rightSquare : 0, restWeight * restSquare
    };
    int[] degrees = {lefts - 1, rights - 1, (lefts - 1) * (rights - 1)};
    double variance = 0;
    for (int i = 0; i < terms.length; i++) {
      variance += terms[i] * terms[i] / degrees[i];
    }
    return Math.pow(Arrays.stream(terms).sum(), 2) / variance;
  }
}
