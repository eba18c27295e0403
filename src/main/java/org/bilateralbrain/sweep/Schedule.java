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
 * The order of a sweep's jobs: a job is ready once the jobs it starts from are done; of the ready
 * ones goes first the one from which the longest chain of work starts, so that no long one is left
 * over for the end. Before all others come those that need the whole cluster.
 */
final class Schedule {

  private final Map<Job, Double> chains;
  private final List<Job> waiting = new ArrayList<>();
  private final List<Job> postponed = new ArrayList<>();
  private final Set<Job> unfinished = new HashSet<>();

  /**
   * @param plan every job that may have to be done, parents before their dependents
   */
  Schedule(List<Job> plan) {
    chains = chains(plan);
  }

  /** Takes in jobs that have to be done; those that are known already stay where they are. */
  void add(Collection<Job> jobs) {
    jobs.stream().filter(unfinished::add).forEach(waiting::add);
    waiting.sort(
        Comparator.comparing(Job::isDistributed).thenComparingDouble(chains::get).reversed());
  }

  /** The work of each job and of the longest chain of jobs that starts from it. */
  private static Map<Job, Double> chains(List<Job> parentsFirst) {
    Map<Job, Double> chains = new HashMap<>();
    for (int i = parentsFirst.size() - 1; i >= 0; i--) {
      Job job = parentsFirst.get(i);
      double chain = chains.merge(job, job.work(), Double::sum);
      // what waits for a parent is, so far, the longest chain of its dependents; its own work is
      // added when it is its turn
      job.parents().forEach(parent -> chains.merge(parent, chain, Math::max));
    }
    return chains;
  }

  boolean isEmpty() {
    return waiting.isEmpty() && postponed.isEmpty();
  }

  /** Takes the next ready job of those that may be taken now. */
  Optional<Job> next(Predicate<Job> allowed) {
    Optional<Job> ready = waiting.stream().filter(allowed).filter(this::isReady).findFirst();
    ready.ifPresent(waiting::remove);
    return ready;
  }

  private boolean isReady(Job job) {
    return job.parents().stream().noneMatch(unfinished::contains);
  }

  /** Takes back a job that has to be done again, before all others. */
  void again(Job job) {
    waiting.add(0, job);
  }

  /** Takes back a job that has to be done again once nothing else can be done. */
  void postpone(Job job) {
    postponed.add(job);
  }

  /**
   * Lets the postponed jobs have their turn, if none of the others is ready; says whether there
   * were any.
   */
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

  /** Takes out all jobs that can't start any more because this one has failed. */
  List<Job> failed(Job job) {
    List<Job> blocked =
        Stream.concat(waiting.stream(), postponed.stream())
            .filter(other -> startsFrom(other, job))
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
