package org.bilateralbrain.sweep;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bilateralbrain.grid.Cell;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.grid.SweepPlan;
import org.bilateralbrain.store.Concurrently;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.train.JobRunner;
import org.bilateralbrain.train.TrainingCheckpoints;

/**
 * What of a plan the store already holds: every byte verified of what the sweep needs, while of the rest (features that
 * nobody will read, gigabytes of them) a manifest is enough.
 */
public final class Inventory {

  private final Store store;
  private final Map<Job, Lookup> lookups;
  private final Set<Job> needed;

  private Inventory(Store store, Map<Job, Lookup> lookups, Set<Job> needed) {
    this.store = store;
    this.lookups = lookups;
    this.needed = needed;
  }

  /** A job is needed if a cell shows it or a job that has to be done starts from it. */
  static Inventory of(Store store, SweepPlan plan) throws IOException {
    Map<Job, Lookup> lookups = new HashMap<>();
    Set<Job> needed = new HashSet<>();
    Set<Job> next = plan.cells().stream().map(Cell::job).collect(Collectors.toSet());
    while (!next.isEmpty()) {
      lookUp(next, lookups, job -> store.look(JobRunner.key(job)));
      needed.addAll(next);
      next =
          next.stream()
              .filter(job -> !(lookups.get(job) instanceof Lookup.Present))
              .flatMap(job -> job.parents().stream())
              .filter(parent -> !needed.contains(parent))
              .collect(Collectors.toSet());
    }
    Set<Job> rest = plan.jobs().stream().filter(job -> !needed.contains(job)).collect(Collectors.toSet());
    lookUp(rest, lookups, job -> store.glance(JobRunner.key(job)));
    return new Inventory(store, lookups, needed);
  }

  private static void lookUp(Set<Job> jobs, Map<Job, Lookup> found, Concurrently.Request<Job, Lookup> lookups)
      throws IOException {
    List<Job> inOrder = List.copyOf(jobs);
    List<Lookup> answers = Concurrently.each(inOrder, lookups);
    for (int i = 0; i < answers.size(); i++) {
      found.put(inOrder.get(i), answers.get(i));
    }
  }

  /** What is to be done about a job. */
  public enum Action {
    /** Its artifact is there. */
    REUSE,
    TRAIN,
    /** Everything that would start from it is there. */
    SKIP
  }

  public Action action(Job job) {
    if (lookups.get(job) instanceof Lookup.Present) {
      return Action.REUSE;
    }
    return needed.contains(job) ? Action.TRAIN : Action.SKIP;
  }

  /** Why, in a few words. */
  public String reason(Job job) throws IOException {
    Lookup lookup = lookups.get(job);
    if (lookup instanceof Lookup.Present) {
      return "in the store";
    }
    if (lookup instanceof Lookup.Damaged damaged) {
      return "damaged: " + damaged.reason();
    }
    if (action(job) == Action.SKIP) {
      return "nothing that has to be trained starts from it";
    }
    int epochs = TrainingCheckpoints.epochsDone(store, JobRunner.key(job));
    return epochs == 0 ? "new" : "goes on after epoch " + epochs;
  }

  /** The jobs for which this is to be done, in the plan's order. */
  public List<Job> jobs(SweepPlan plan, Action action) {
    return plan.jobs().stream().filter(job -> action(job) == action).toList();
  }
}
