package org.bilateralbrain.statistics;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;

/** The ends of a 95 % confidence interval; both are NaN if there is none. */
public record Interval(
    @JsonProperty("low") @JsonSerialize(using = Summary.NullForNaN.class) double low,
    @JsonProperty("high") @JsonSerialize(using = Summary.NullForNaN.class) double high) {

  static final Interval UNKNOWN = new Interval(Double.NaN, Double.NaN);

  public boolean isKnown() {
    return !Double.isNaN(low) && !Double.isNaN(high);
  }
}
