package org.bilateralbrain.statistics;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;

/**
 * By how much test accuracies vary if the seed changes some sources of randomness only, the others
 * being the same in all networks.
 *
 * @param varied the sources that change
 * @param n number of networks
 * @param deviation the sample standard deviation, of accuracies in 0..1
 * @param interval the 95 % confidence interval of the standard deviation of normal values, by the
 *     chi-squared distribution of (n - 1) s² / σ²
 */
public record SourceOfVariance(
    @JsonUnwrapped Group group,
    @JsonProperty("head") String head,
    @JsonProperty("varied") List<String> varied,
    @JsonProperty("n") int n,
    @JsonProperty("deviation") double deviation,
    @JsonProperty("interval") Interval interval) {

  private static final double TAIL = 0.025;

  /**
   * Of each model with several variants that vary different sources; lines with fewer than two
   * independent networks are left out.
   *
   * @param varied the sources that each variant varies, by its name
   */
  static List<SourceOfVariance> of(List<Sample> samples, Map<String, List<String>> varied) {
    Map<List<Object>, List<Sample>> lines = new LinkedHashMap<>();
    for (Sample sample : samples) {
      boolean isIndependent = sample.summary().method() == Summary.Method.STUDENT;
      if (isIndependent && sample.summary().n() > 1) {
        lines
            .computeIfAbsent(
                List.of(sample.group().model(), sample.group().backbones(), sample.head()),
                any -> new ArrayList<>())
            .add(sample);
      }
    }
    return lines.values().stream()
        .filter(
            variants -> variants.stream().map(each -> varied(each, varied)).distinct().count() > 1)
        .flatMap(variants -> variants.stream().map(each -> of(each, varied(each, varied))))
        .toList();
  }

  private static SourceOfVariance of(Sample sample, List<String> varied) {
    int n = sample.summary().n();
    double deviation = sample.summary().deviation();
    ChiSquaredDistribution chiSquared = new ChiSquaredDistribution(n - 1);
    return new SourceOfVariance(
        sample.group(),
        sample.head(),
        varied,
        n,
        deviation,
        new Interval(
            deviation * Math.sqrt((n - 1) / chiSquared.inverseCumulativeProbability(1 - TAIL)),
            deviation * Math.sqrt((n - 1) / chiSquared.inverseCumulativeProbability(TAIL))));
  }

  private static List<String> varied(Sample sample, Map<String, List<String>> byVariant) {
    return byVariant.getOrDefault(sample.group().variant(), List.of());
  }
}
