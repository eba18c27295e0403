package org.bilateralbrain.sweep;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * Finds trainings on slow executors for which the sweep would wait at its end, when others are
 * idle. Earlier, moving them gains nothing: every executor has work, the slow ones too.
 */
final class StragglerRule {

  /** An executor is slow if a job progresses at less than this of the median of equal ones. */
  private static final double SLOW = 2.0 / 3;

  /** Fewer jobs of the same work make no meaningful median. */
  private static final int MIN_PEERS = 5;

  /** By the work of a job; those last seen together. */
  private final Map<Double, Double> medianSpeeds = new HashMap<>();

  /**
   * A running job.
   *
   * @param work of the whole job, in any unit
   * @param left the share of it that is left, in 0..1
   * @param secondsLeft on its executor
   */
  record Running<T>(T job, double work, double left, double secondsLeft) {

    double speed() {
      return work * left / secondsLeft;
    }
  }

  /**
   * The late ones. To be asked every now and then throughout the sweep, because at its end there
   * may be too few jobs to compare.
   *
   * @param waiting whether there are jobs for which no executor was free yet
   */
  <T> List<Running<T>> late(Collection<Running<T>> running, boolean waiting) {
    running.stream()
        .collect(Collectors.groupingBy(Running::work))
        .forEach(
            (work, equal) -> {
              if (equal.size() >= MIN_PEERS) {
                double[] speeds = equal.stream().mapToDouble(Running::speed).toArray();
                medianSpeeds.put(work, new Median().evaluate(speeds));
              }
            });
    return waiting
        ? List.of()
        : running.stream()
            .filter(each -> each.speed() < SLOW * medianSpeeds.getOrDefault(each.work(), 0.0))
            .toList();
  }
}
