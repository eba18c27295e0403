package org.bilateralbrain.sweep;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.bilateralbrain.grid.Job;

/**
 * Orders a sweep's jobs. A job is ready once its parents are done. Ready jobs that need the whole
 * cluster go first, then those that start the longest chain of work, so that no long chain is left
 * for the end.
 */
final class Schedule {

  private final Map<Job, Double> chains;
  private final List<Job> waiting = new ArrayList<>();
  private final List<Job> postponed = new ArrayList<>();
  private final Set<Job> unfinished = new HashSet<>();

  /**
   * @param plan all jobs that may be added, parents before their dependents
   */
  Schedule(List<Job> plan) {
    chains = chains(plan);
  }

  /** Adds jobs; those that are already scheduled are ignored. */
  void add(Collection<Job> jobs) {
    jobs.stream().filter(unfinished::add).forEach(waiting::add);
    waiting.sort(
        Comparator.comparing(Job::isDistributed).thenComparingDouble(chains::get).reversed());
  }

  /** For each job, the work of the longest chain of jobs that starts with it. */
  private static Map<Job, Double> chains(List<Job> parentsFirst) {
    Map<Job, Double> chains = new HashMap<>();
    for (int i = parentsFirst.size() - 1; i >= 0; i--) {
      Job job = parentsFirst.get(i);
      double chain = chains.merge(job, job.work(), Double::sum);
      // until the loop reaches the parent, its entry is the longest chain of its dependents
      job.parents().forEach(parent -> chains.merge(parent, chain, Math::max));
    }
    return chains;
  }

  boolean isEmpty() {
    return waiting.isEmpty() && postponed.isEmpty();
  }

  /** Removes and returns the next ready job that satisfies a condition. */
  Optional<Job> next(Predicate<Job> allowed) {
    Optional<Job> ready = waiting.stream().filter(allowed).filter(this::isReady).findFirst();
    ready.ifPresent(waiting::remove);
    return ready;
  }

  private boolean isReady(Job job) {
    return job.parents().stream().noneMatch(unfinished::contains);
  }

  /** Puts a job back in front of all others. */
  void requeue(Job job) {
    waiting.add(0, job);
  }

  /** Puts a job back until nothing else is ready. */
  void postpone(Job job) {
    postponed.add(job);
  }

  /** Schedules the postponed jobs if no other job is ready; returns whether there were any. */
  boolean resumePostponed() {
    if (postponed.isEmpty() || waiting.stream().anyMatch(this::isReady)) {
      return false;
    }
    waiting.addAll(0, postponed);
    postponed.clear();
    return true;
  }

  void done(Job job) {
    unfinished.remove(job);
  }

  /** Removes and returns all jobs that can't start because a job has failed. */
  List<Job> removeDependents(Job failed) {
    List<Job> blocked =
        Stream.concat(waiting.stream(), postponed.stream())
            .filter(other -> startsFrom(other, failed))
            .toList();
    waiting.removeAll(blocked);
    postponed.removeAll(blocked);
    return blocked;
  }

  private static boolean startsFrom(Job dependent, Job job) {
    return dependent.parents().stream()
        .anyMatch(parent -> parent.equals(job) || startsFrom(parent, job));
  }
}
