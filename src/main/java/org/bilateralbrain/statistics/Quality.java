package org.bilateralbrain.statistics;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.bilateralbrain.store.Metrics;

/**
 * Means over networks of what accuracy doesn't show, on the test images. NaN without networks.
 *
 * @param top5 share of images whose class is among the five most probable
 * @param loss cross-entropy, in nats
 * @param calibrationError expected calibration error
 * @param consistency share of images whose fine answer belongs to the coarse answer; NaN unless the
 *     networks have both heads
 */
public record Quality(
    @JsonProperty("top5") @JsonSerialize(using = Summary.NullForNaN.class) double top5,
    @JsonProperty("loss") @JsonSerialize(using = Summary.NullForNaN.class) double loss,
    @JsonProperty("calibration_error") @JsonSerialize(using = Summary.NullForNaN.class)
        double calibrationError,
    @JsonProperty("consistency") @JsonSerialize(using = Summary.NullForNaN.class)
        double consistency) {

  static Quality of(List<ResultRow> rows) {
    return new Quality(
        mean(rows, row -> row.accuracy().map(Metrics.Accuracy::top5)),
        mean(rows, row -> row.accuracy().map(Metrics.Accuracy::loss)),
        mean(rows, row -> row.accuracy().map(Metrics.Accuracy::calibrationError)),
        mean(rows, row -> row.metrics().map(Metrics::consistency)));
  }

  private static double mean(List<ResultRow> rows, Function<ResultRow, Optional<Double>> value) {
    return rows.stream()
        .map(value)
        .flatMap(Optional::stream)
        .mapToDouble(Objects::requireNonNull)
        .average()
        .orElse(Double.NaN);
  }
}
