package org.bilateralbrain.report;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Holm's step-down correction of the probabilities of several tests (Holm, "A simple sequentially
 * rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979): the probability
 * that any of them is as small by chance alone.
 */
final class Holm {

  private Holm() {}

  /**
   * @param probabilities NaN where there was no test; those don't count and stay as they are
   */
  static double[] corrected(double... probabilities) {
    List<Integer> ascending =
        IntStream.range(0, probabilities.length)
            .boxed()
            .filter(i -> !Double.isNaN(probabilities[i]))
            .sorted(Comparator.comparingDouble(i -> probabilities[i]))
            .toList();
    double[] corrected = probabilities.clone();
    double atLeast = 0;
    for (int rank = 0; rank < ascending.size(); rank++) {
      int i = ascending.get(rank);
      atLeast = Math.max(atLeast, Math.min(1, (ascending.size() - rank) * probabilities[i]));
      corrected[i] = atLeast;
    }
    return corrected;
  }
}
