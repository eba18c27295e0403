package org.bilateralbrain.sweep;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * Finds trainings on slow executors that would end after the rest of the sweep. While jobs are
 * waiting, every executor has work, and such a training must change places with one for which a
 * slow executor is good enough; later, others are idle.
 */
final class StragglerRule {

  /** An executor is slow if a job progresses at less than this of the median of equal ones. */
  private static final double SLOW = 2.0 / 3;

  /** Fewer jobs of the same work make no meaningful median. */
  private static final int MIN_PEERS = 5;

  /** Two trainings that change places stop, wait for each other and start anew. */
  private static final double MIN_GAIN_SECONDS = 300;

  /** By the work of a job; those last seen together. */
  private final Map<Double, Double> medianSpeeds = new HashMap<>();

  /**
   * A running job.
   *
   * @param work of the whole job, in any unit
   * @param left the share of it that is left, in 0..1
   * @param secondsLeft on its executor
   * @param workAfter of the longest chain of jobs that wait for it
   */
  record Running<T>(T job, double work, double left, double secondsLeft, double workAfter) {

    double speed() {
      return work * left / secondsLeft;
    }
  }

  /**
   * A job that is to go on elsewhere.
   *
   * @param partner whose executor it is to take; empty if others are idle
   */
  record Move<T>(T late, Optional<T> partner) {}

  /**
   * The moves that let the sweep end sooner. To be asked every now and then throughout the sweep,
   * because at its end there may be too few jobs to compare.
   *
   * @param running the jobs whose progress is known
   * @param executors how many jobs run in all
   * @param waiting whether there are jobs for which no executor was free yet
   * @param workLeft of the sweep
   */
  <T> List<Move<T>> moves(
      Collection<Running<T>> running, int executors, boolean waiting, double workLeft) {
    learn(running);
    List<Running<T>> late = running.stream().filter(this::isSlow).toList();
    if (!waiting) {
      return late.stream().map(each -> new Move<>(each.job(), Optional.<T>empty())).toList();
    }
    OptionalDouble speed = running.stream().mapToDouble(Running::speed).average();
    if (speed.isEmpty()) {
      return List.of();
    }
    double sweepEnds = workLeft / (speed.getAsDouble() * executors);
    Comparator<Running<T>> byEnd = Comparator.comparingDouble(this::secondsToEnd);
    Iterator<Running<T>> partners =
        running.stream()
            .filter(each -> medianSpeeds.containsKey(each.work()) && !isSlow(each))
            .filter(each -> 2 * secondsToEnd(each) < sweepEnds)
            .sorted(byEnd)
            .iterator();
    return late.stream()
        .filter(each -> secondsToEnd(each) > sweepEnds && gain(each) > MIN_GAIN_SECONDS)
        .sorted(byEnd.reversed())
        .takeWhile(any -> partners.hasNext())
        .map(each -> new Move<>(each.job(), Optional.of(partners.next().job())))
        .toList();
  }

  private <T> void learn(Collection<Running<T>> running) {
    running.stream()
        .collect(Collectors.groupingBy(Running::work))
        .forEach(
            (work, equal) -> {
              if (equal.size() >= MIN_PEERS) {
                double[] speeds = equal.stream().mapToDouble(Running::speed).toArray();
                medianSpeeds.put(work, new Median().evaluate(speeds));
              }
            });
  }

  private boolean isSlow(Running<?> each) {
    return each.speed() < SLOW * medianSpeeds.getOrDefault(each.work(), 0.0);
  }

  /** Until a job's dependents are done, if it stays where it is. */
  private double secondsToEnd(Running<?> each) {
    return each.secondsLeft() + each.workAfter() / usualSpeed(each);
  }

  /** Seconds that a job saves on another executor. */
  private double gain(Running<?> each) {
    return each.secondsLeft() - each.work() * each.left() / usualSpeed(each);
  }

  private double usualSpeed(Running<?> each) {
    return medianSpeeds.getOrDefault(each.work(), each.speed());
  }
}
