package org.bilateralbrain.statistics;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;

/**
 * A mean, or a difference of two means, and how sure it is.
 *
 * @param n number of values; of a difference between two independent groups, the smaller one's
 * @param mean NaN if there are no values
 * @param deviation the sample standard deviation of the values (n - 1); NaN below two values and
 *     for a difference between independent groups
 * @param standardError of the mean; NaN if there are too few values, or too few that share no parts
 * @param degreesOfFreedom of Student's t for interval and test; NaN likewise
 */
@JsonPropertyOrder({
  "n",
  "mean",
  "deviation",
  "half_interval",
  "standard_error",
  "degrees_of_freedom",
  "method"
})
public record Summary(
    @JsonProperty("n") int n,
    @JsonProperty("mean") @JsonSerialize(using = NullForNaN.class) double mean,
    @JsonProperty("deviation") @JsonSerialize(using = NullForNaN.class) double deviation,
    @JsonProperty("standard_error") @JsonSerialize(using = NullForNaN.class) double standardError,
    @JsonProperty("degrees_of_freedom") @JsonSerialize(using = NullForNaN.class)
        double degreesOfFreedom,
    @JsonProperty("method") Method method) {

  private static final double CONFIDENCE = 0.95;

  /** How the standard error was computed. */
  public enum Method {
    /** Of independent values. */
    STUDENT,
    /** Of two independent groups with variances of their own. */
    WELCH,
    /** Of every left hemisphere with every right one: {@link CrossedDesign}. */
    CROSSED,
    /** Of networks that share parts in another way: {@link ClusteredMean}. */
    CLUSTERED
  }

  /** Of independent values. */
  public static Summary of(Collection<Double> values) {
    return independent(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** Of networks that may share parts. */
  static Summary of(List<Observation> observations) {
    double[] values = Observation.values(observations);
    SharedParts parts = SharedParts.of(observations);
    if (values.length < 2 || parts.areIndependent()) {
      return independent(values);
    }
    Optional<CrossedDesign> crossed = parts.crossed().map(table -> CrossedDesign.of(values, table));
    if (crossed.isPresent()) {
      return of(
          values, crossed.get().varianceOfMean(), crossed.get().degreesOfFreedom(), Method.CROSSED);
    }
    ClusteredMean clustered =
        ClusteredMean.of(values, parts).orElse(new ClusteredMean(Double.NaN, Double.NaN));
    return of(values, clustered.variance(), clustered.degreesOfFreedom(), Method.CLUSTERED);
  }

  private static Summary independent(double... values) {
    int n = values.length;
    return n < 2
        ? of(values, Double.NaN, Double.NaN, Method.STUDENT)
        : of(values, StatUtils.variance(values) / n, n - 1, Method.STUDENT);
  }

  private static Summary of(
      double[] values, double variance, double degreesOfFreedom, Method method) {
    return new Summary(
        values.length,
        StatUtils.mean(values),
        values.length < 2 ? Double.NaN : Math.sqrt(StatUtils.variance(values)),
        Math.sqrt(variance),
        degreesOfFreedom,
        method);
  }

  /**
   * The difference from the mean of an independent group. Variances are not assumed to be equal
   * (Welch, "The generalization of Student's problem when several different population variances
   * are involved", Biometrika 34, 1947).
   */
  Summary minus(Summary other) {
    double ownVariance = standardError * standardError;
    double otherVariance = other.standardError * other.standardError;
    double variance = ownVariance + otherVariance;
    return new Summary(
        Math.min(n, other.n),
        mean - other.mean,
        Double.NaN,
        Math.sqrt(variance),
        variance
            * variance
            / (ownVariance * ownVariance / degreesOfFreedom
                + otherVariance * otherVariance / other.degreesOfFreedom),
        Method.WELCH);
  }

  /** The difference seen from the other side. */
  Summary negated() {
    return new Summary(n, -mean, deviation, standardError, degreesOfFreedom, method);
  }

  /** Half the width of the 95 % confidence interval; 0 if all values are equal. */
  @JsonProperty("half_interval")
  @JsonSerialize(using = NullForNaN.class)
  public double halfInterval() {
    return isTestable()
        ? new TDistribution(degreesOfFreedom).inverseCumulativeProbability((1 + CONFIDENCE) / 2)
            * standardError
        : standardError;
  }

  /** Two-sided, of the hypothesis that the mean is 0; NaN without a standard error above 0. */
  double pValue() {
    return isTestable()
        ? 2
            * new TDistribution(degreesOfFreedom)
                .cumulativeProbability(-Math.abs(mean) / standardError)
        : Double.NaN;
  }

  private boolean isTestable() {
    return standardError > 0 && degreesOfFreedom > 0;
  }

  /** Lower end of the confidence interval; NaN if there is none. */
  public double low() {
    return mean - halfInterval();
  }

  /** Upper end of the confidence interval; NaN if there is none. */
  public double high() {
    return mean + halfInterval();
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
