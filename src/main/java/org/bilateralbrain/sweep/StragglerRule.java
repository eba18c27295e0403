package org.bilateralbrain.sweep;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * Finds trainings on slow executors for which the rest of the sweep would wait. They are to
 * continue on idle executors, or else to change places with trainings that end early even on a slow
 * one.
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
   * @param secondsPerRound after which it can stop
   * @param workAfter of the longest chain of jobs that wait for it
   */
  record Running<T>(
      T job,
      String executor,
      double work,
      double left,
      double secondsLeft,
      double secondsPerRound,
      double workAfter) {

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
   * @param busy how many jobs run in all
   * @param idle how many more could run, if none is waiting
   * @param workLeft of the sweep
   */
  <T> List<Move<T>> moves(Collection<Running<T>> running, int busy, int idle, double workLeft) {
    learn(running);
    Comparator<Running<T>> byEnd = Comparator.comparingDouble(this::secondsToEnd);
    List<Running<T>> late =
        running.stream()
            .filter(each -> isSlow(each) && gain(each) > Cluster.PLACE_PATIENCE_SECONDS)
            .sorted(byEnd.reversed())
            .toList();
    Stream<Move<T>> alone =
        late.stream().limit(idle).map(each -> new Move<>(each.job(), Optional.empty()));
    double speed = running.stream().mapToDouble(Running::speed).average().orElse(1);
    double sweepEnds = workLeft / (speed * busy);
    Set<String> slow =
        running.stream().filter(this::isSlow).map(Running::executor).collect(Collectors.toSet());
    Iterator<Running<T>> partners =
        running.stream()
            .filter(
                each -> medianSpeeds.containsKey(each.work()) && !slow.contains(each.executor()))
            .filter(each -> canWait(each) && each.secondsLeft() > Cluster.PLACE_PATIENCE_SECONDS)
            .filter(each -> 2 * secondsToEnd(each) < sweepEnds)
            .sorted(byEnd)
            .iterator();
    Stream<Move<T>> inPairs =
        late.stream()
            .skip(idle)
            .filter(each -> canWait(each) && secondsToEnd(each) > sweepEnds)
            .takeWhile(any -> partners.hasNext())
            .map(each -> new Move<>(each.job(), Optional.of(partners.next().job())));
    return Stream.concat(alone, inPairs).toList();
  }

  private static boolean canWait(Running<?> each) {
    return each.secondsPerRound() < Cluster.PLACE_PATIENCE_SECONDS;
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
