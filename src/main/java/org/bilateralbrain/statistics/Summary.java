package org.bilateralbrain.statistics;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.io.IOException;
import java.util.Collection;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;

/**
 * Mean, spread and uncertainty of a sample.
 *
 * @param n number of values
 * @param mean NaN if there are none
 * @param deviation the sample standard deviation (n - 1); NaN below two values
 * @param halfInterval half the width of the 95 % confidence interval of the mean, by Student's t;
 *     NaN below two values
 */
public record Summary(
    @JsonProperty("n") int n,
    @JsonProperty("mean") @JsonSerialize(using = NullForNaN.class) double mean,
    @JsonProperty("deviation") @JsonSerialize(using = NullForNaN.class) double deviation,
    @JsonProperty("half_interval") @JsonSerialize(using = NullForNaN.class) double halfInterval) {

  private static final double CONFIDENCE = 0.95;

  public static Summary of(Collection<Double> values) {
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

  /** Lower end of the confidence interval; NaN below two values. */
  public double low() {
    return mean - halfInterval;
  }

  /** Upper end of the confidence interval; NaN below two values. */
  public double high() {
    return mean + halfInterval;
  }

  /** JSON has no NaN. */
  static final class NullForNaN extends JsonSerializer<Double> {

    @Override
    public void serialize(Double value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (value.isNaN()) {
        json.writeNull();
      } else {
        json.writeNumber(value);
      }
    }
  }
}
