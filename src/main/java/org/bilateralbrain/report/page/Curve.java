package org.bilateralbrain.report.page;

import java.util.ArrayList;
import java.util.List;

/**
 * How something went over the epochs, for networks that differ in their seeds alone.
 *
 * @param seeds one list for each network, with a value for each epoch
 */
record Curve(String name, List<List<Double>> seeds) {

  int epochs() {
    return seeds.stream().mapToInt(List::size).max().orElse(0);
  }

  double mean(int epoch) {
    return at(epoch).stream().mapToDouble(v -> v).average().orElse(Double.NaN);
  }

  double least(int epoch) {
    return at(epoch).stream().mapToDouble(v -> v).min().orElse(Double.NaN);
  }

  double most(int epoch) {
    return at(epoch).stream().mapToDouble(v -> v).max().orElse(Double.NaN);
  }

  private List<Double> at(int epoch) {
    List<Double> values = new ArrayList<>();
    for (List<Double> seed : seeds) {
      if (epoch < seed.size()) {
        values.add(seed.get(epoch));
      }
    }
    return values;
  }
}
