package org.bilateralbrain.sweep;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bilateralbrain.config.Tuning;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.grid.Peers;
import org.bilateralbrain.report.progress.Snapshot.ProgressSource;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.DamagedArtifactException;
import org.bilateralbrain.store.History;
import org.bilateralbrain.store.Progress;
import org.bilateralbrain.store.PrunedFile;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.bilateralbrain.train.JobRunner;

/**
 * Decides which running trainings of a search are stopped because they have fallen behind. A
 * decision is written into the sweep's folder, where the training finds it at the end of its
 * current epoch; it then saves a checkpoint and stops. So nothing is lost but that epoch, and what
 * finishes before it notices counts as trained.
 */
final class Pruning {

  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Store store;
  private final PrunedFile.Place place;
  private final MedianRule rule;
  private final Map<Job, List<Set<Job>>> groups;
  private final ProgressSource notes;
  private final SweepState state;
  private final Map<Job, List<Double>> curvesOfTrained = new HashMap<>();
  private PrunedFile decisions;
  private long judgedAt = System.nanoTime() - INTERVAL_NANOS;

  /**
   * @param notes of running jobs
   * @param decisions of earlier runs
   */
  Pruning(SweepSetup setup, ProgressSource notes, SweepState state, PrunedFile decisions) {
    Tuning tuning = setup.config().grid().tuning();
    this.store = setup.store();
    this.place = setup.prunedPlace();
    this.rule = new MedianRule(tuning.pruneAfter());
    this.groups = tuning.prunes() ? Peers.of(setup.plan(), tuning.trials()).groups() : Map.of();
    this.notes = notes;
    this.state = state;
    this.decisions = decisions;
  }

  /** The decisions so far. */
  PrunedFile decisions() {
    return decisions;
  }

  /** Decides about running jobs, every now and then. To be polled. */
  void judge(List<Job> running) throws IOException {
    if (groups.isEmpty() || System.nanoTime() - judgedAt < INTERVAL_NANOS) {
      return;
    }
    judgedAt = System.nanoTime();
    notes.prefetch(running.stream().filter(groups::containsKey).map(JobRunner::key).toList());
    PrunedFile changed = decisions;
    for (Job job : running) {
      if (groups.containsKey(job) && !decisions.contains(id(job))) {
        Optional<PrunedFile.Job> decision = judge(job);
        if (decision.isPresent()) {
          changed = changed.with(id(job), decision.get());
        }
      }
    }
    if (!changed.equals(decisions)) {
      write(changed);
    }
  }

  private Optional<PrunedFile.Job> judge(Job job) throws IOException {
    Optional<Progress> progress = notes.read(JobRunner.key(job));
    List<Double> curve = progress.map(Progress::validationByEpoch).orElse(List.of());
    Optional<MedianRule.Behind> behind = Optional.empty();
    for (Set<Job> group : Objects.requireNonNull(groups.get(job))) {
      behind = rule.judge(curve, others(job, group));
      if (behind.isEmpty()) {
        return Optional.empty();
      }
    }
    return behind.map(
        of -> new PrunedFile.Job(of.toString(), progress.orElseThrow().validation(), curve));
  }

  private List<List<Double>> others(Job job, Set<Job> group) throws IOException {
    List<List<Double>> curves = new ArrayList<>();
    for (Job other : group) {
      if (!other.equals(job)) {
        curves.add(curve(other));
      }
    }
    return curves;
  }

  /** Mean validation accuracies by epoch, as far as they are known. */
  private List<Double> curve(Job job) throws IOException {
    State of = state.of(job);
    if (of == State.RUNNING) {
      return notes.read(JobRunner.key(job)).map(Progress::validationByEpoch).orElse(List.of());
    }
    if (of == State.PRUNED) {
      PrunedFile.Job pruned = decisions.jobs().get(id(job));
      return pruned == null ? List.of() : pruned.validationByEpoch();
    }
    if (of != State.TRAINED && of != State.REUSED) {
      return List.of();
    }
    List<Double> known = curvesOfTrained.get(job);
    if (known == null) {
      known = curveOfTrained(job);
      curvesOfTrained.put(job, known);
    }
    return known;
  }

  private List<Double> curveOfTrained(Job job) throws IOException {
    Optional<Artifact> artifact = store.find(JobRunner.key(job));
    try {
      return artifact.isEmpty()
          ? List.of()
          : History.parse(artifact.get().read(History.FILE_NAME)).scores();
    } catch (DamagedArtifactException e) {
      return List.of(); // its readers report it
    }
  }

  /** Records the epochs that a pruned job did before it stopped, and returns why it was pruned. */
  String stopped(Job job, Outcome.Pruned outcome) throws IOException {
    PrunedFile.Job decision = decisions.jobs().get(id(job));
    String reason = decision == null ? "another run of this sweep decided so" : decision.reason();
    write(
        decisions.with(
            id(job),
            new PrunedFile.Job(reason, outcome.validation(), outcome.validationByEpoch())));
    return reason;
  }

  /** Takes back the decision about a job that has ended otherwise, if there is one. */
  void revoke(Job job) throws IOException {
    if (decisions.contains(id(job))) {
      write(decisions.without(id(job)));
    }
  }

  /** A decision that can't be written isn't made. */
  private void write(PrunedFile changed) throws IOException {
    place.write(store, changed);
    decisions = changed;
  }

  private static String id(Job job) {
    return JobRunner.key(job).id();
  }
}
