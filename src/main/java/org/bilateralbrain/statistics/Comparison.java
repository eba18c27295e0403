package org.bilateralbrain.statistics;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.ArrayList;
import java.util.List;

/**
 * A group's networks against a baseline's networks of the same seeds. Both p-values are two-sided,
 * and NaN where there are too few seeds; as {@link #of} returns them they are not yet {@link
 * #corrected}.
 *
 * @param differences over common seeds, accuracies in 0..1
 * @param tTestPValue of the paired t-test
 * @param wilcoxonPValue of Wilcoxon's signed-rank test, exact
 */
public record Comparison(
    @JsonProperty("group") Group group,
    @JsonProperty("head") String head,
    @JsonProperty("baseline") Group baseline,
    @JsonProperty("differences") Summary differences,
    @JsonProperty("t_test") @JsonSerialize(using = Summary.NullForNaN.class) double tTestPValue,
    @JsonProperty("wilcoxon") @JsonSerialize(using = Summary.NullForNaN.class)
        double wilcoxonPValue) {

  public static Comparison of(Sample sample, Sample baseline) {
    List<Double> differences = new ArrayList<>();
    sample
        .bySeed()
        .forEach(
            (seed, accuracy) -> {
              Double ofBaseline = baseline.bySeed().get(seed);
              if (ofBaseline != null) {
                differences.add(accuracy - ofBaseline);
              }
            });
    double[] values = differences.stream().mapToDouble(Double::doubleValue).toArray();
    return new Comparison(
        sample.group(),
        sample.head(),
        baseline.group(),
        Summary.of(differences),
        PairedTests.tTest(values),
        PairedTests.wilcoxon(values));
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
      Comparison each = comparisons.get(i);
      corrected.add(
          new Comparison(
              each.group, each.head, each.baseline, each.differences, tTest[i], wilcoxon[i]));
    }
    return corrected;
  }
}
