package org.bilateralbrain.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.stat.inference.TTest;

/**
 * Networks against a baseline's of the same seeds. Both probabilities are two-sided, NaN where
 * there are too few seeds, and to be corrected for the number of comparisons ({@link Holm}).
 *
 * @param differences over common seeds, accuracies in 0..1
 * @param t of a paired t-test
 * @param wilcoxon of Wilcoxon's signed-rank test, exact
 */
public record Comparison(
    @JsonProperty("group") Group group,
    @JsonProperty("head") String head,
    @JsonProperty("baseline") Group baseline,
    @JsonProperty("differences") Summary differences,
    @JsonProperty("t_test") @JsonSerialize(using = NumberOrNull.class) double t,
    @JsonProperty("wilcoxon") @JsonSerialize(using = NumberOrNull.class) double wilcoxon) {

  private static final int MIN_FOR_T = 2;

  /**
   * With fewer, the least probability there is, 2 / 2^n, is above one in ten: nothing could be
   * told.
   */
  private static final int MIN_FOR_WILCOXON = 5;

  static Comparison of(Sample sample, Sample baseline) {
    List<Double> differences = new ArrayList<>();
    sample
        .bySeed()
        .forEach(
            (seed, accuracy) -> {
              Double of = baseline.bySeed().get(seed);
              if (of != null) {
                differences.add(accuracy - of);
              }
            });
    double[] values = differences.stream().mapToDouble(Double::doubleValue).toArray();
    return new Comparison(
        sample.group(),
        sample.head(),
        baseline.group(),
        Summary.of(differences),
        t(values),
        SignedRanks.probability(values, MIN_FOR_WILCOXON));
  }

  private static double t(double[] differences) {
    return differences.length < MIN_FOR_T ? Double.NaN : new TTest().tTest(0, differences);
  }
}
