package org.bilateralbrain.sweep;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bilateralbrain.grid.Cell;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.grid.SweepPlan;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.train.JobRunner;

/** What of a plan the store already holds, every byte verified. */
public final class Inventory {

  private final Map<Job, Lookup> lookups;
  private final Set<Job> needed;

  private Inventory(Map<Job, Lookup> lookups, Set<Job> needed) {
    this.lookups = lookups;
    this.needed = needed;
  }

  static Inventory of(Store store, SweepPlan plan) throws IOException {
    Map<Job, Lookup> lookups = new ConcurrentHashMap<>();
    try {
      plan.jobs().parallelStream().forEach(job -> lookups.put(job, look(store, job)));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    Set<Job> needed = new HashSet<>();
    for (Cell cell : plan.cells()) {
      collectNeeded(cell.job(), lookups, needed);
    }
    return new Inventory(lookups, needed);
  }

  private static Lookup look(Store store, Job job) {
    try {
      return store.look(JobRunner.key(job));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A job is needed if a cell shows it or a job that has to be trained starts from it. */
  private static void collectNeeded(Job job, Map<Job, Lookup> lookups, Set<Job> needed) {
    if (needed.add(job) && !(lookups.get(job) instanceof Lookup.Present)) {
      job.parents().forEach(parent -> collectNeeded(parent, lookups, needed));
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
  public String reason(Job job) {
    Lookup lookup = lookups.get(job);
    if (lookup instanceof Lookup.Present) {
      return "in the store";
    }
    if (lookup instanceof Lookup.Damaged damaged) {
      return "damaged: " + damaged.reason();
    }
    return action(job) == Action.TRAIN ? "new" : "nothing that has to be trained starts from it";
  }

  /** The jobs for which this is to be done, in the plan's order. */
  public List<Job> jobs(SweepPlan plan, Action action) {
    return plan.jobs().stream().filter(job -> action(job) == action).toList();
  }
}
