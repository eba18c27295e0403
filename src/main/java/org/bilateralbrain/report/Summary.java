package org.bilateralbrain.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.Collection;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;

/**
 * What several values say of the one behind them.
 *
 * @param mean NaN if there are none
 * @param deviation of the sample (n - 1); NaN below two values
 * @param halfInterval half the width of the 95 % confidence interval of the mean, by Student's t;
 *     NaN below two values
 */
public record Summary(
    @JsonProperty("n") int n,
    @JsonProperty("mean") @JsonSerialize(using = NumberOrNull.class) double mean,
    @JsonProperty("deviation") @JsonSerialize(using = NumberOrNull.class) double deviation,
    @JsonProperty("half_interval") @JsonSerialize(using = NumberOrNull.class) double halfInterval) {

  private static final double CONFIDENCE = 0.95;

  static Summary of(Collection<Double> values) {
    SummaryStatistics statistics = new SummaryStatistics();
    values.forEach(statistics::addValue);
    int n = values.size();
    double deviation = n < 2 ? Double.NaN : statistics.getStandardDeviation();
    double halfInterval =
        n < 2
            ? Double.NaN
            : new TDistribution(n - 1).inverseCumulativeProbability((1 + CONFIDENCE) / 2)
                * deviation
                / Math.sqrt(n);
    return new Summary(n, n == 0 ? Double.NaN : statistics.getMean(), deviation, halfInterval);
  }
}
