package org.bilateralbrain.nn;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.assertj.core.data.Percentage;

/** Compares results with golden vectors and notes the largest differences. */
final class GoldenDifferences {

  private final Map<String, Double> largest = new LinkedHashMap<>();

  void assertLoss(double loss, double expected) {
    note("losses", Math.abs(loss / expected - 1));
    assertThat(loss).isCloseTo(expected, Percentage.withPercentage(0.1));
  }

  /**
   * @param tolerance as a share of the largest value
   */
  void assertClose(String what, float[] actual, float[] expected, double tolerance) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    double largestValue = 0;
    double difference = 0;
    for (int i = 0; i < actual.length; i++) {
      largestValue = Math.max(largestValue, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
    }
    note(what, difference / largestValue);
    assertThat(difference).as(what).isLessThan(tolerance * largestValue);
  }

  /**
   * @param tolerance of the difference's norm, as a share of the expected norm
   */
  void assertNear(String what, float[] actual, float[] expected, double tolerance) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    float[] difference = new float[actual.length];
    for (int i = 0; i < difference.length; i++) {
      difference[i] = actual[i] - expected[i];
    }
    double distance = norm(difference) / norm(expected);
    note(what + "' distance", distance);
    assertThat(distance).as(what).isLessThan(tolerance);
  }

  /**
   * The files hold each tensor's norm and its first values.
   *
   * @param tolerance of norms
   * @param valueTolerance tolerance of single values, as a share of the tensor's root mean square.
   *     A ReLU or maximum flipped by rounding changes a few values of a gradient but hardly its
   *     norm.
   */
  void assertTensors(
      String what,
      Map<String, Weights.Tensor> ours,
      JsonNode expected,
      double tolerance,
      double valueTolerance) {
    double ofAll = normOfAll(expected);
    List<String> compared = new ArrayList<>(ours.keySet());
    compared.removeIf(name -> !expected.has(name));
    assertThat(compared).hasSizeGreaterThanOrEqualTo(Math.min(10, expected.size()));
    for (String name : compared) {
      float[] values = ours.get(name).values();
      double norm = expected.get(name).get("l2").asDouble();
      if (isNoise(expected, name)) {
        assertThat(norm(values)).as(name).isLessThan(1e-4 * ofAll);
        continue;
      }
      double ofNorm = Math.abs(norm(values) - norm) / norm;
      note(what, ofNorm);
      assertThat(ofNorm).as(name).isLessThan(tolerance);
      double typical = norm / Math.sqrt(values.length);
      JsonNode first = expected.get(name).get("first");
      for (int i = 0; i < first.size(); i++) {
        assertThat(Math.abs(values[i] - first.get(i).asDouble()))
            .as(name + " " + i)
            .isLessThan(valueTolerance * Math.max(typical, 0.1 * tolerance));
      }
    }
  }

  /** Whether a gradient is zero except for rounding, like that of a bias before batch norm. */
  static boolean isNoise(JsonNode gradients, String name) {
    JsonNode gradient = gradients.get(name);
    return gradient != null && gradient.get("l2").asDouble() < 1e-5 * normOfAll(gradients);
  }

  private static double normOfAll(JsonNode tensors) {
    return Math.sqrt(
        tensors.findValues("l2").stream().mapToDouble(n -> n.asDouble() * n.asDouble()).sum());
  }

  static double norm(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }

  private void note(String what, double difference) {
    largest.merge(what, difference, Math::max);
  }

  @Override
  public String toString() {
    return largest.entrySet().stream()
        .map(entry -> "%s %s".formatted(entry.getKey(), scientific(entry.getValue())))
        .collect(Collectors.joining(" "));
  }

  private static String scientific(double difference) {
    return String.format(Locale.ROOT, "%.1e", difference);
  }
}
