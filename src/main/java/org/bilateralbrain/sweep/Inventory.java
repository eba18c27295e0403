package org.bilateralbrain.sweep;

import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bilateralbrain.grid.GridPoint;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.grid.SweepPlan;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Program;
import org.bilateralbrain.store.PrunedFile;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.train.JobRunner;
import org.bilateralbrain.train.TrainingCheckpoints;

/**
 * Which of a plan's artifacts are in the store, judged by manifests and file lengths: reading every
 * byte of thousands of networks would take hours. Readers of an artifact verify its bytes.
 */
public final class Inventory {

  private final Store store;
  private final Map<Job, Lookup> lookups;
  private final PrunedFile pruned;
  private final Set<Job> needed = new HashSet<>();

  private Inventory(Store store, Map<Job, Lookup> lookups, PrunedFile pruned) {
    this.store = store;
    this.lookups = lookups;
    this.pruned = pruned;
  }

  static Inventory of(Store store, SweepPlan plan, PrunedFile pruned) throws IOException {
    return without(Set.of(), store, plan, pruned);
  }

  /**
   * Takes stock, counting some artifacts as damaged.
   *
   * @param damaged jobs whose artifacts turned out to be damaged when they were read
   * @param pruned trainings that aren't resumed
   */
  static Inventory without(Set<Job> damaged, Store store, SweepPlan plan, PrunedFile pruned)
      throws IOException {
    Map<ArtifactKey, Lookup> found =
        store.lookup(plan.jobs().stream().map(JobRunner::key).toList());
    Map<Job, Lookup> lookups = new LinkedHashMap<>();
    for (Job job : plan.jobs()) {
      Lookup lookup = found.get(JobRunner.key(job));
      lookups.put(
          job, damaged.contains(job) ? new Lookup.Damaged("noticed when it was read") : lookup);
    }
    Inventory inventory = new Inventory(store, lookups, pruned);
    inventory.markNeeded(plan.points().stream().map(GridPoint::job).collect(Collectors.toSet()));
    return inventory;
  }

  /** A job is needed if a grid point shows it or a job that has to be trained starts from it. */
  private void markNeeded(Set<Job> jobs) {
    for (Job job : jobs) {
      if (needed.add(job) && !isPresent(job) && !isPruned(job)) {
        markNeeded(Set.copyOf(job.parents()));
      }
    }
  }

  private boolean isPresent(Job job) {
    return lookups.get(job) instanceof Lookup.Present;
  }

  private boolean isPruned(Job job) {
    return !isPresent(job)
        && (pruned.contains(JobRunner.key(job).id())
            || job.parents().stream().anyMatch(this::isPruned));
  }

  /** What is to be done about a job. */
  public enum Action {
    /** Its artifact is in the store. */
    REUSE,
    TRAIN,
    /** It, or a job that it depends on, was pruned. */
    PRUNED,
    /** It isn't in the store, but neither is it needed. */
    SKIP
  }

  public Action action(Job job) {
    if (isPresent(job)) {
      return Action.REUSE;
    }
    if (isPruned(job)) {
      return Action.PRUNED;
    }
    return needed.contains(job) ? Action.TRAIN : Action.SKIP;
  }

  /** Why this action, in a few words. */
  public String reason(Job job) throws IOException {
    Lookup lookup = lookups.get(job);
    if (lookup instanceof Lookup.Present present) {
      String program = present.artifact().program();
      return program.equals(Program.running().toString())
          ? "in the store"
          : "in the store, made by " + program;
    }
    if (lookup instanceof Lookup.Damaged damaged) {
      return "damaged: " + damaged.reason();
    }
    if (lookup instanceof Lookup.Outdated outdated) {
      return outdated.reason();
    }
    if (action(job) == Action.PRUNED) {
      return prunedBecause(job);
    }
    if (action(job) == Action.SKIP) {
      return "no job to be trained needs it";
    }
    int epochs = TrainingCheckpoints.epochsDone(store, JobRunner.key(job));
    return epochs == 0 ? "new" : "resumes after epoch " + epochs;
  }

  /** Why a pruned job was pruned. */
  String prunedBecause(Job job) {
    PrunedFile.Job decision = pruned.jobs().get(JobRunner.key(job).id());
    return decision == null
        ? "a job that it depends on was pruned"
        : "pruned after epoch %s: %s".formatted(decision.epochs(), decision.reason());
  }

  /** The jobs that require an action, in the plan's order. */
  public List<Job> jobs(SweepPlan plan, Action action) {
    return plan.jobs().stream().filter(job -> action(job) == action).toList();
  }
}
