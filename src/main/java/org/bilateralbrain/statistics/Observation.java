package org.bilateralbrain.statistics;

import java.util.List;
import java.util.stream.Stream;

/**
 * One term of a mean: a network's test accuracy, or its difference from other networks' mean.
 *
 * @param network with a result
 * @param subtracted networks with results; empty for the accuracy itself
 */
record Observation(ResultRow network, List<ResultRow> subtracted) {

  static List<Observation> of(List<ResultRow> networks) {
    return networks.stream().map(network -> new Observation(network, List.of())).toList();
  }

  /** In 0..1, or -1..1 for a difference. */
  double value() {
    return network.testAccuracy()
        - subtracted.stream().mapToDouble(ResultRow::testAccuracy).average().orElse(0);
  }

  static double[] values(List<Observation> observations) {
    return observations.stream().mapToDouble(Observation::value).toArray();
  }

  Stream<ResultRow> networks() {
    return Stream.concat(Stream.of(network), subtracted.stream());
  }
}
