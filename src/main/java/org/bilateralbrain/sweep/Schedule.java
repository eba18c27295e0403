package org.bilateralbrain.sweep;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.bilateralbrain.grid.Job;

/**
 * Orders a sweep's jobs. A job is ready once its parents are done. Ready jobs that need the whole
 * cluster go first, then those that start the longest chain of work, so that no long chain is left
 * for the end. Costs the same for each job, however many there are.
 */
final class Schedule {

  /**
   * A job that hasn't been handed out.
   *
   * @param turn distinguishes jobs that are equal otherwise; negative if the job was put back in
   *     front of all others
   */
  private record Waiting(Job job, double chain, int turn) {

    static final Comparator<Waiting> ORDER =
        Comparator.comparingInt((Waiting each) -> Math.min(each.turn, 0))
            .thenComparing(each -> !each.job.isDistributed())
            .thenComparing(Comparator.comparingDouble(Waiting::chain).reversed())
            .thenComparingInt(Waiting::turn);
  }

  private final Map<Job, Double> chains;
  private final Map<Job, List<Job>> dependents = new HashMap<>();
  private final Map<Job, Waiting> waiting = new LinkedHashMap<>();
  private final NavigableSet<Waiting> ready = new TreeSet<>(Waiting.ORDER);
  private final Set<Job> postponed = new LinkedHashSet<>();
  private final Set<Job> unfinished = new HashSet<>();
  private int turns;

  /**
   * @param plan all jobs that may be added, parents before their dependents
   */
  Schedule(List<Job> plan) {
    this(plan, Job::work);
  }

  /**
   * @param work of a job, asked once for each
   */
  Schedule(List<Job> plan, ToDoubleFunction<Job> work) {
    chains = chains(plan, work);
    for (Job job : plan) {
      job.parents()
          .forEach(parent -> dependents.computeIfAbsent(parent, any -> new ArrayList<>()).add(job));
    }
  }

  /** Adds jobs; those that are already scheduled are ignored. */
  void add(Collection<Job> jobs) {
    for (Job job : jobs) {
      if (unfinished.add(job)) {
        turns++;
        waiting.put(job, new Waiting(job, chain(job), turns));
      }
    }
    ready.clear(); // jobs that were ready may have got unfinished parents
    waiting.values().stream().filter(each -> isReady(each.job)).forEach(ready::add);
  }

  /** For each job, the work of the longest chain of jobs that starts with it. */
  private static Map<Job, Double> chains(List<Job> parentsFirst, ToDoubleFunction<Job> work) {
    Map<Job, Double> chains = new HashMap<>();
    for (int i = parentsFirst.size() - 1; i >= 0; i--) {
      Job job = parentsFirst.get(i);
      double chain = chains.merge(job, work.applyAsDouble(job), Double::sum);
      // until the loop reaches the parent, its entry is the longest chain of its dependents
      job.parents().forEach(parent -> chains.merge(parent, chain, Math::max));
    }
    return chains;
  }

  /** The work of the longest chain of jobs that starts with this one. */
  double chain(Job job) {
    return Objects.requireNonNull(chains.get(job));
  }

  boolean isEmpty() {
    return waiting.isEmpty() && postponed.isEmpty();
  }

  /** Removes and returns the next ready job that satisfies a condition. */
  Optional<Job> next(Predicate<Job> allowed) {
    for (Waiting each : ready) {
      if (allowed.test(each.job)) {
        ready.remove(each);
        waiting.remove(each.job);
        return Optional.of(each.job);
      }
    }
    return Optional.empty();
  }

  private boolean isReady(Job job) {
    return job.parents().stream().noneMatch(unfinished::contains);
  }

  /** Puts a job back in front of all others. */
  void requeue(Job job) {
    turns++;
    Waiting first = new Waiting(job, chain(job), -turns);
    waiting.put(job, first);
    if (isReady(job)) {
      ready.add(first);
    }
  }

  /** Puts a job back until nothing else is ready. */
  void postpone(Job job) {
    postponed.add(job);
  }

  /** Schedules the postponed jobs if no other job is ready; returns whether there were any. */
  boolean resumePostponed() {
    if (postponed.isEmpty() || !ready.isEmpty()) {
      return false;
    }
    List<Job> lastFirst = new ArrayList<>(postponed);
    postponed.clear();
    for (int i = lastFirst.size() - 1; i >= 0; i--) {
      requeue(lastFirst.get(i));
    }
    return true;
  }

  void done(Job job) {
    unfinished.remove(job);
    for (Job dependent : dependents.getOrDefault(job, List.of())) {
      Waiting each = waiting.get(dependent);
      if (each != null && isReady(dependent)) {
        ready.add(each);
      }
    }
  }

  /** Removes and returns all jobs that can't start because a job has failed. */
  List<Job> removeDependents(Job failed) {
    Set<Job> blocked = new LinkedHashSet<>();
    Set<Job> visited = new HashSet<>();
    Deque<Job> toVisit = new ArrayDeque<>(dependents.getOrDefault(failed, List.of()));
    while (!toVisit.isEmpty()) {
      Job job = toVisit.remove();
      if (visited.add(job)) {
        toVisit.addAll(dependents.getOrDefault(job, List.of()));
        if (waiting.containsKey(job) || postponed.contains(job)) {
          blocked.add(job);
        }
      }
    }
    for (Job job : blocked) {
      Waiting each = waiting.remove(job);
      if (each != null) {
        ready.remove(each);
      }
      postponed.remove(job);
    }
    return List.copyOf(blocked);
  }
}
