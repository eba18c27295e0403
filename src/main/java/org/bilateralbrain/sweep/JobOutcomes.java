package org.bilateralbrain.sweep;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.bilateralbrain.train.JobRunner;
import org.bilateralbrain.train.TrainingCheckpoints;

/**
 * Decides after each attempt whether a job is done, retried or failed. A job is done when its
 * artifact is in the store, never because a task reports success. It fails for good only if it
 * would fail on every machine, or if all attempts failed without a new checkpoint. Jobs that failed
 * because of the store are retried once at the end.
 */
final class JobOutcomes {

  /** An outcome that can't be processed without the store. */
  private record PendingOutcome(Submission submission, Outcome outcome) {
    Job job() {
      return submission.job();
    }
  }

  /** So few that their lookups take less than a second. */
  private static final int MAX_BATCH = 256;

  private final SweepSetup setup;
  private final Optional<Duration> timeout;
  private final StoreWatch watch;
  private final SweepState state;
  private final Schedule schedule;
  private final ProgressLog log;
  private final Pruning pruning;
  private final int maxFailures;
  private final Deque<PendingOutcome> pending = new ArrayDeque<>();
  private final Set<Job> damaged = new HashSet<>();
  private final Set<Job> postponed = new HashSet<>();
  private final Map<Job, Integer> retries = new HashMap<>();
  private final Map<Job, Integer> timeouts = new HashMap<>();
  private final Map<Job, Integer> epochsAtLastFailure = new HashMap<>();

  /**
   * @param maxFailures how often Spark attempts a task; limits all other kinds of retries, too
   */
  JobOutcomes(
      SweepSetup setup,
      StoreWatch watch,
      SweepState state,
      Schedule schedule,
      ProgressLog log,
      Pruning pruning,
      int maxFailures) {
    this.setup = setup;
    this.timeout = setup.config().execution().jobTimeout();
    this.watch = watch;
    this.state = state;
    this.schedule = schedule;
    this.log = log;
    this.pruning = pruning;
    this.maxFailures = maxFailures;
  }

  /** Stops jobs that have been running for longer than the configured timeout. */
  void stopOverdue(Collection<Submission> running) {
    timeout.ifPresent(
        limit -> running.forEach(submission -> submission.stopIfRunningLongerThan(limit)));
  }

  /** Queues an attempt's outcome for {@link #process}. */
  void add(Submission submission, Outcome outcome) {
    pending.add(new PendingOutcome(submission, outcome));
    if (outcome instanceof Outcome.Failed failure && failure.storeFailed()) {
      watch.checkNow();
    }
  }

  boolean hasPending() {
    return !pending.isEmpty();
  }

  /**
   * Processes queued outcomes, but not too many at a time, as long as the store responds; returns
   * whether there were any. Artifacts are looked up together, because one after the other a store
   * that answers in 50 ms would limit the cluster to five jobs a second.
   */
  boolean process() {
    boolean processed = false;
    try {
      List<PendingOutcome> batch = pending.stream().limit(MAX_BATCH).toList();
      Map<ArtifactKey, Lookup> artifacts =
          store()
              .lookup(
                  batch.stream()
                      .filter(each -> each.outcome() instanceof Outcome.Done)
                      .map(each -> JobRunner.key(each.job()))
                      .toList());
      for (PendingOutcome each : batch) {
        process(each, artifacts);
        pending.remove();
        processed = true;
      }
    } catch (IOException e) {
      watch.checkNow(); // what is left stays queued until the store responds
    }
    return processed;
  }

  private void process(PendingOutcome each, Map<ArtifactKey, Lookup> artifacts) throws IOException {
    if (each.outcome() instanceof Outcome.Done done) {
      Lookup lookup = artifacts.get(JobRunner.key(each.job()));
      completed(each.job(), done.result(), Objects.requireNonNull(lookup));
    } else if (each.outcome() instanceof Outcome.Impossible impossible) {
      fail(each.job(), impossible.reason());
    } else if (each.outcome() instanceof Outcome.Pruned pruned) {
      pruned(each.job(), pruned);
    } else if (each.outcome() instanceof Outcome.Moved moved) {
      retry(
          each.job(),
          "moved",
          "%s; it resumes after epoch %s".formatted(moved.reason(), moved.epochs()));
    } else if (each.outcome() instanceof Outcome.DamagedParent parent) {
      parentDamaged(each.job(), parent);
    } else if (each.submission().timedOut()) {
      timedOut(each.job());
    } else if (each.outcome() instanceof Outcome.Failed failure) {
      attemptsFailed(each.job(), failure);
    }
  }

  private void completed(Job job, String result, Lookup lookup) throws IOException {
    if (lookup instanceof Lookup.Present) {
      pruning.revoke(job);
      state.set(job, State.TRAINED, "");
      damaged.remove(job);
      log.event("done", job, result);
      schedule.done(job);
    } else if (lookup instanceof Lookup.Outdated outdated) {
      scheduleMissing(); // also the outdated features that it was trained on
      retryOrFail(job, outdated.reason());
    } else {
      retryOrFail(
          job,
          "its task reported success, but the driver finds no artifact %s in %s: do all machines use the same store?"
              .formatted(JobRunner.key(job), store().root()));
    }
  }

  private void parentDamaged(Job job, Outcome.DamagedParent parent) throws IOException {
    Optional<Job> damagedParent =
        setup.plan().jobs().stream()
            .filter(each -> JobRunner.key(each).equals(parent.artifact()))
            .findFirst();
    damagedParent
        .filter(each -> state.of(each) != State.RUNNING && state.of(each) != State.WAITING)
        .ifPresent(damaged::add);
    scheduleMissing();
    retryOrFail(job, "%s is damaged: %s".formatted(parent.artifact(), parent.reason()));
  }

  private void timedOut(Job job) throws IOException {
    int count = timeouts.merge(job, 1, Integer::sum);
    String reason =
        "it ran longer than job-timeout, %s s".formatted(timeout.orElseThrow().toSeconds());
    if (count < maxFailures) {
      retry(job, "stopped", reason + "; it will be retried");
    } else {
      fail(
          job,
          "%s, %s times; raise it, or run the sweep again to resume from the last checkpoint"
              .formatted(reason, count));
    }
  }

  /** As long as checkpoints advance, the failures are not the job's own. */
  private void attemptsFailed(Job job, Outcome.Failed failure) throws IOException {
    int epochs = TrainingCheckpoints.epochsDone(store(), JobRunner.key(job));
    Integer before = epochsAtLastFailure.put(job, epochs);
    if (epochs > (before == null ? 0 : before)) {
      retry(job, "resumed", "%s; it resumes after epoch %s".formatted(failure.reason(), epochs));
    } else if (failure.storeFailed() && postponed.add(job)) {
      state.set(job, State.WAITING, failure.reason());
      log.event("deferred", job, failure.reason() + "; it will be retried at the end");
      schedule.postpone(job);
    } else {
      fail(job, failure.reason());
    }
  }

  private void retryOrFail(Job job, String reason) throws IOException {
    if (retries.merge(job, 1, Integer::sum) < maxFailures) {
      retry(job, "retry", reason);
    } else {
      fail(job, reason);
    }
  }

  /**
   * @param what the kind of event, for the log
   */
  private void retry(Job job, String what, String reason) {
    state.set(job, State.WAITING, "");
    log.event(what, job, reason);
    schedule.requeue(job);
  }

  /** It isn't a failure, but nothing that depends on it can be made either. */
  private void pruned(Job job, Outcome.Pruned outcome) throws IOException {
    String reason =
        "pruned after epoch %s: %s"
            .formatted(outcome.validationByEpoch().size(), pruning.stopped(job, outcome));
    state.set(job, State.PRUNED, reason);
    log.event("pruned", job, reason);
    for (Job dependent : schedule.removeDependents(job)) {
      state.set(dependent, State.PRUNED, "the %s was pruned".formatted(setup.plan().title(job)));
    }
  }

  private void fail(Job job, String reason) throws IOException {
    pruning.revoke(job);
    state.set(job, State.FAILED, reason);
    log.event("FAILED", job, reason);
    for (Job dependent : schedule.removeDependents(job)) {
      String cause = "the %s has failed".formatted(setup.plan().title(job));
      state.set(dependent, State.BLOCKED, cause);
      log.event("BLOCKED", dependent, cause);
    }
  }

  /**
   * Schedules what has become outdated once all jobs are done: a hemisphere trained in this run may
   * have other weights than those from which older artifacts were computed.
   *
   * @return whether there are such jobs
   */
  boolean scheduleOutdated() throws IOException, InterruptedException {
    boolean mayBeOutdated =
        setup.plan().jobs().stream()
            .filter(job -> state.of(job) == State.REUSED)
            .anyMatch(
                job ->
                    job.parents().stream().anyMatch(parent -> state.of(parent) == State.TRAINED));
    return mayBeOutdated && !rescan().isEmpty();
  }

  /** Schedules all missing jobs and returns them; waits for the store if necessary. */
  List<Job> rescan() throws IOException, InterruptedException {
    return watch.retry(this::scheduleMissing);
  }

  /** Schedules all missing jobs that haven't failed, and returns them. */
  private List<Job> scheduleMissing() throws IOException {
    Inventory inventory = Inventory.without(damaged, store(), setup.plan(), pruning.decisions());
    Set<State> unschedulable =
        Set.of(State.FAILED, State.BLOCKED, State.PRUNED, State.WAITING, State.RUNNING);
    List<Job> missing = new ArrayList<>();
    for (Job job : inventory.jobs(setup.plan(), Inventory.Action.TRAIN)) {
      State known = state.of(job);
      if (known != null && unschedulable.contains(known)) {
        continue;
      }
      if (known != null) {
        log.event("retry", job, inventory.reason(job));
      }
      state.set(job, State.WAITING, "");
      missing.add(job);
    }
    schedule.add(missing);
    return missing;
  }

  private Store store() {
    return setup.store();
  }
}
