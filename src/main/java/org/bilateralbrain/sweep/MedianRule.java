package org.bilateralbrain.sweep;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * Finds trainings that have fallen behind: those whose best validation accuracy so far is below the
 * median of their peers' up to the same epoch (Golovin et al., "Google Vizier", KDD 2017, section
 * 3.2.2; Optuna's MedianPruner).
 *
 * @param after number of epochs before which no training counts as behind
 */
record MedianRule(int after) {

  /** Fewer peers make no meaningful median. */
  static final int MIN_PEERS = 4;

  /**
   * A training that is behind.
   *
   * @param best its best validation accuracy, in 0..1
   * @param median that of its peers' best ones
   */
  record Behind(int epoch, double best, double median, int peers) {

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "its best validation accuracy up to epoch %s, %.2f %%, is below the median of %s others, %.2f %%",
          epoch,
          100 * best,
          peers,
          100 * median);
    }
  }

  /**
   * Judges a training after its last epoch.
   *
   * @param curve its validation accuracy after each epoch
   * @param peers those of the others, of which only those that have reached that epoch count
   * @return empty if it isn't behind
   */
  Optional<Behind> judge(List<Double> curve, Collection<List<Double>> peers) {
    int epoch = curve.size();
    if (epoch < after) {
      return Optional.empty();
    }
    double[] others =
        peers.stream()
            .filter(peer -> peer.size() >= epoch)
            .mapToDouble(peer -> best(peer, epoch))
            .toArray();
    if (others.length < MIN_PEERS) {
      return Optional.empty();
    }
    Behind behind =
        new Behind(epoch, best(curve, epoch), new Median().evaluate(others), others.length);
    return Optional.of(behind).filter(each -> each.best < each.median);
  }

  private static double best(List<Double> curve, int epoch) {
    return curve.stream().limit(epoch).mapToDouble(Double::doubleValue).max().orElse(0);
  }
}
