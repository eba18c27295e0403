package org.bilateralbrain.statistics;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A planned comparison.
 *
 * @param seeds compared; of two independent groups, the smaller one's
 * @param seedsAndImages a second interval of the difference, in -1..1, which counts the test images
 *     as a sample, too; unknown without a standard error, or if it isn't known which images the
 *     networks classified correctly
 * @param probabilityOfImprovement that a network of the group is better than one of the baseline,
 *     each drawn at random: P(X > Y) + P(X = Y) / 2, of Mann and Whitney; NaN without networks
 * @param power what it can detect
 */
public record Contrast(
    @JsonUnwrapped Comparison comparison,
    @JsonProperty("seeds") int seeds,
    @JsonProperty("seeds_and_images") Interval seedsAndImages,
    @JsonProperty("probability_of_improvement") @JsonSerialize(using = Summary.NullForNaN.class)
        double probabilityOfImprovement,
    @JsonProperty("power") Power power) {

  /** All that are planned, with corrected p-values. */
  static List<Contrast> of(List<Sample> samples, Contrasts contrasts) {
    List<Contrast> all =
        contrasts.named().stream()
            .flatMap(named -> contrasts.pairs(named, samples).stream())
            .map(pair -> of(pair.get(0), pair.get(1), contrasts.relevantDifference()))
            .toList();
    List<Comparison> corrected =
        Comparison.corrected(all.stream().map(Contrast::comparison).toList());
    List<Contrast> contrastsOfAll = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      contrastsOfAll.add(all.get(i).with(corrected.get(i)));
    }
    return contrastsOfAll;
  }

  private static Contrast of(Sample sample, Sample baseline, double relevantDifference) {
    Compared compared = Compared.of(sample.rows(), baseline.rows());
    Comparison comparison = Comparison.of(sample, baseline, compared);
    return new Contrast(
        comparison,
        compared.seeds(),
        ImageBootstrap.interval(compared),
        probabilityOfImprovement(sample.values(), baseline.values()),
        Power.of(
            comparison.differences(),
            compared.seeds(),
            relevantDifference,
            compared.smallestWilcoxon()));
  }

  private Contrast with(Comparison corrected) {
    return new Contrast(corrected, seeds, seedsAndImages, probabilityOfImprovement, power);
  }

  /**
   * Seeds still needed until half the 95 % interval over seeds is at most so wide, if the spread
   * stays the same.
   *
   * @param halfInterval in 0..1
   * @return null if it would take more than a million or is not known
   */
  public @Nullable Integer seedsForHalfInterval(double halfInterval) {
    return Power.seedsForInterval(comparison.differences(), seeds, halfInterval);
  }

  static double probabilityOfImprovement(List<Double> of, List<Double> from) {
    double wins = 0;
    for (double value : of) {
      for (double other : from) {
        wins += value > other ? 1 : value == other ? 0.5 : 0;
      }
    }
    return wins / ((double) of.size() * from.size());
  }
}
