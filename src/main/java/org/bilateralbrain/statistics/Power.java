package org.bilateralbrain.statistics;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.function.IntPredicate;
import org.apache.commons.math3.analysis.solvers.BrentSolver;
import org.apache.commons.math3.distribution.TDistribution;
import org.jspecify.annotations.Nullable;

/**
 * What a comparison can detect with 80 % power in a two-sided t-test at 5 %, if the spread is what
 * it seems to be; before correction for multiple testing. Standard errors shrink with the square
 * root of the number of seeds, and degrees of freedom grow with the number of seeds less one: exact
 * for paired differences and for two independent groups of equal size.
 *
 * @param detectable the smallest such difference with the seeds at hand, in 0..1; NaN without a
 *     standard error above 0
 * @param seedsForObserved seeds still needed to detect the observed difference; 0 if there are
 *     enough, null if it would take more than a million or is not known
 * @param relevant the smallest difference worth finding, in 0..1
 * @param seedsForRelevant seeds still needed to detect that one
 * @param smallestWilcoxon the smallest p-value that Wilcoxon's test can give with so many seeds,
 *     before correction; NaN if it is not done
 */
public record Power(
    @JsonProperty("detectable") @JsonSerialize(using = Summary.NullForNaN.class) double detectable,
    @JsonProperty("seeds_for_observed") @Nullable Integer seedsForObserved,
    @JsonProperty("relevant") double relevant,
    @JsonProperty("seeds_for_relevant") @Nullable Integer seedsForRelevant,
    @JsonProperty("smallest_wilcoxon") @JsonSerialize(using = Summary.NullForNaN.class)
        double smallestWilcoxon) {

  private static final double ALPHA = 0.05;
  private static final double POWER = 0.8;
  private static final int MAX_SEEDS = 1_000_000;

  /** An experiment's precision with any number of seeds. */
  private record Design(double standardError, double degreesOfFreedom, int seeds) {

    static Design of(Summary difference, int seeds) {
      return new Design(difference.standardError(), difference.degreesOfFreedom(), seeds);
    }

    boolean isKnown() {
      return standardError > 0 && degreesOfFreedom > 0 && seeds > 1;
    }

    Design with(int otherSeeds) {
      return new Design(
          standardError * Math.sqrt((double) seeds / otherSeeds),
          degreesOfFreedom * (otherSeeds - 1) / (seeds - 1),
          otherSeeds);
    }

    /** The probability of finding a difference of that size, with the right sign. */
    double power(double difference) {
      double critical =
          new TDistribution(null, degreesOfFreedom).inverseCumulativeProbability(1 - ALPHA / 2);
      return NoncentralT.upperTail(critical, degreesOfFreedom, difference / standardError);
    }

    double detectable() {
      double most = standardError;
      while (power(most) < POWER) {
        most *= 2;
      }
      return new BrentSolver(1e-6 * standardError)
          .solve(100, difference -> power(difference) - POWER, 0, most);
    }

    @Nullable Integer stillNeeded(double difference) {
      IntPredicate isEnough = number -> with(number).power(difference) >= POWER;
      return isEnough.test(seeds) ? Integer.valueOf(0) : beyond(isEnough);
    }

    private @Nullable Integer beyond(IntPredicate isEnough) {
      int few = seeds;
      int many = 2 * seeds;
      while (!isEnough.test(many)) {
        few = many;
        many *= 2;
        if (many > MAX_SEEDS) {
          return null;
        }
      }
      while (many - few > 1) {
        int middle = (few + many) / 2;
        boolean suffices = isEnough.test(middle);
        many = suffices ? middle : many;
        few = suffices ? few : middle;
      }
      return many - seeds;
    }
  }

  /**
   * @param difference the observed one
   * @param seeds that it is computed from
   * @param relevant a difference in 0..1
   */
  static Power of(Summary difference, int seeds, double relevant, double smallestWilcoxon) {
    Design design = Design.of(difference, seeds);
    if (!design.isKnown()) {
      return new Power(Double.NaN, null, relevant, null, smallestWilcoxon);
    }
    return new Power(
        design.detectable(),
        design.stillNeeded(Math.abs(difference.mean())),
        relevant,
        design.stillNeeded(relevant),
        smallestWilcoxon);
  }

  /**
   * Seeds still needed until half the 95 % interval is at most so wide.
   *
   * @param halfInterval in 0..1
   * @return null if it would take more than a million or is not known
   */
  static @Nullable Integer seedsForInterval(Summary difference, int seeds, double halfInterval) {
    Design design = Design.of(difference, seeds);
    if (!design.isKnown()) {
      return null;
    }
    IntPredicate isEnough =
        number -> {
          Design more = design.with(number);
          double critical =
              new TDistribution(null, more.degreesOfFreedom)
                  .inverseCumulativeProbability(1 - ALPHA / 2);
          return critical * more.standardError <= halfInterval;
        };
    return isEnough.test(seeds) ? Integer.valueOf(0) : design.beyond(isEnough);
  }
}
