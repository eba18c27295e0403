package org.bilateralbrain.statistics;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.ArrayList;
import java.util.List;

/**
 * A group's networks against a baseline's. Where networks of the two belong together (see {@link
 * Compared}), differences are taken network by network; otherwise the groups are independent, and
 * the test is Welch's. Both p-values are two-sided, and NaN where there are too few networks; as
 * {@link #of} returns them they are not yet {@link #corrected}.
 *
 * @param differences accuracies in 0..1; its method says how its standard error was computed
 * @param networks compared, of the group
 * @param baselineNetworks compared, of the baseline
 * @param tTestPValue of a t-test with that standard error
 * @param wilcoxonPValue of Wilcoxon's signed-rank test, exact; only of independent differences
 */
public record Comparison(
    @JsonProperty("group") Group group,
    @JsonProperty("head") String head,
    @JsonProperty("baseline") Group baseline,
    @JsonProperty("differences") Summary differences,
    @JsonProperty("networks") int networks,
    @JsonProperty("baseline_networks") int baselineNetworks,
    @JsonProperty("t_test") @JsonSerialize(using = Summary.NullForNaN.class) double tTestPValue,
    @JsonProperty("wilcoxon") @JsonSerialize(using = Summary.NullForNaN.class)
        double wilcoxonPValue) {

  public static Comparison of(Sample sample, Sample baseline) {
    return of(sample, baseline, Compared.of(sample.rows(), baseline.rows()));
  }

  static Comparison of(Sample sample, Sample baseline, Compared compared) {
    Summary differences = compared.difference();
    return new Comparison(
        sample.group(),
        sample.head(),
        baseline.group(),
        differences,
        compared.networks(),
        compared.baselineNetworks(),
        differences.pValue(),
        compared.wilcoxonPValue());
  }

  /**
   * The same comparisons with p-values that are Holm-corrected for their number, by kind of test.
   */
  public static List<Comparison> corrected(List<Comparison> comparisons) {
    double[] tTest =
        PairedTests.holm(comparisons.stream().mapToDouble(Comparison::tTestPValue).toArray());
    double[] wilcoxon =
        PairedTests.holm(comparisons.stream().mapToDouble(Comparison::wilcoxonPValue).toArray());
    List<Comparison> corrected = new ArrayList<>();
    for (int i = 0; i < tTest.length; i++) {
      corrected.add(comparisons.get(i).with(tTest[i], wilcoxon[i]));
    }
    return corrected;
  }

  private Comparison with(double tTest, double wilcoxon) {
    return new Comparison(
        group, head, baseline, differences, networks, baselineNetworks, tTest, wilcoxon);
  }
}
