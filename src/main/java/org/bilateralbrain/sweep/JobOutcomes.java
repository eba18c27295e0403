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
import java.util.Optional;
import java.util.Set;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.bilateralbrain.train.JobRunner;
import org.bilateralbrain.train.TrainingCheckpoints;

/**
 * Decides what becomes of a job after an attempt at it. A job is done when its artifact is seen in
 * the store, never because a task said so; and it has failed for good only if it would fail on
 * every machine, or if all attempts failed without a new checkpoint. What the store failed is tried
 * once more at the end.
 */
final class JobOutcomes {

  /** Something that an attempt came to, which takes a look into the store to judge. */
  private record Unsettled(Submission submission, Outcome outcome) {
    Job job() {
      return submission.job();
    }
  }

  private final SweepSetup setup;
  private final Optional<Duration> timeout;
  private final StoreWatch watch;
  private final SweepState state;
  private final Schedule schedule;
  private final ProgressLog log;
  private final int maxFailures;
  private final Deque<Unsettled> unsettled = new ArrayDeque<>();
  private final Set<Job> damaged = new HashSet<>();
  private final Set<Job> postponed = new HashSet<>();
  private final Map<Job, Integer> setbacks = new HashMap<>();
  private final Map<Job, Integer> timeouts = new HashMap<>();
  private final Map<Job, Integer> epochsBefore = new HashMap<>();

  /**
   * @param maxFailures how often Spark tries a task; here, how often anything else is tried
   */
  JobOutcomes(
      SweepSetup setup,
      StoreWatch watch,
      SweepState state,
      Schedule schedule,
      ProgressLog log,
      int maxFailures) {
    this.setup = setup;
    this.timeout = setup.config().execution().jobTimeout();
    this.watch = watch;
    this.state = state;
    this.schedule = schedule;
    this.log = log;
    this.maxFailures = maxFailures;
  }

  void stopWhatTakesTooLong(Collection<Submission> running) {
    timeout.ifPresent(limit -> running.forEach(submission -> submission.stopAfter(limit)));
  }

  /** Takes in what came of an attempt; {@link #settle} judges it. */
  void add(Submission submission, Outcome outcome) {
    unsettled.add(new Unsettled(submission, outcome));
    if (outcome instanceof Outcome.Failed failure && failure.storeFailed()) {
      watch.suspect();
    }
  }

  boolean areUnsettled() {
    return !unsettled.isEmpty();
  }

  /** Judges what has come in, as long as the store answers; says whether anything was settled. */
  boolean settle() {
    boolean settled = false;
    while (!unsettled.isEmpty()) {
      try {
        settle(unsettled.peek());
      } catch (IOException e) {
        watch.suspect();
        return settled; // it stays where it is until the store answers
      }
      unsettled.remove();
      settled = true;
    }
    return settled;
  }

  private void settle(Unsettled each) throws IOException {
    if (each.outcome() instanceof Outcome.Done done) {
      done(each.job(), done.result());
    } else if (each.outcome() instanceof Outcome.Impossible impossible) {
      failed(each.job(), impossible.reason());
    } else if (each.outcome() instanceof Outcome.DamagedParent parent) {
      parentDamaged(each.job(), parent);
    } else if (each.submission().timedOut()) {
      timedOut(each.job());
    } else if (each.outcome() instanceof Outcome.Failed failure) {
      attemptsFailed(each.job(), failure);
    }
  }

  private void done(Job job, String result) throws IOException {
    Lookup lookup = store().lookup(JobRunner.key(job));
    if (lookup instanceof Lookup.Present) {
      state.set(job, State.TRAINED, "");
      damaged.remove(job);
      log.event("done", job, result);
      schedule.done(job);
    } else if (lookup instanceof Lookup.Outdated outdated) {
      addWhatIsMissing(); // the features that it was trained on are outdated, too
      setBack(job, outdated.reason());
    } else {
      setBack(
          job,
          "its task reports that it is done, but the driver finds no artifact %s in %s: do all machines see the same store?"
              .formatted(JobRunner.key(job), store().root()));
    }
  }

  private void parentDamaged(Job job, Outcome.DamagedParent parent) throws IOException {
    Optional<Job> toMakeAnew =
        setup.plan().jobs().stream()
            .filter(each -> JobRunner.key(each).equals(parent.artifact()))
            .findFirst();
    toMakeAnew
        .filter(each -> state.of(each) != State.RUNNING && state.of(each) != State.WAITING)
        .ifPresent(damaged::add);
    addWhatIsMissing();
    setBack(job, "%s is damaged: %s".formatted(parent.artifact(), parent.reason()));
  }

  private void timedOut(Job job) {
    int count = timeouts.merge(job, 1, Integer::sum);
    String reason =
        "it ran for longer than job-timeout, %s s".formatted(timeout.orElseThrow().toSeconds());
    if (count < maxFailures) {
      again(job, "stopped", reason + "; it is tried again");
    } else {
      failed(
          job,
          "%s, %s times; raise it, or run again to resume from the last checkpoint"
              .formatted(reason, count));
    }
  }

  /** A job that makes progress between its failures is not what fails. */
  private void attemptsFailed(Job job, Outcome.Failed failure) throws IOException {
    int epochs = TrainingCheckpoints.epochsDone(store(), JobRunner.key(job));
    Integer before = epochsBefore.put(job, epochs);
    if (epochs > (before == null ? 0 : before)) {
      again(job, "resumed", "%s; it resumes after epoch %s".formatted(failure.reason(), epochs));
    } else if (failure.storeFailed() && postponed.add(job)) {
      state.set(job, State.WAITING, failure.reason());
      log.event("put off", job, failure.reason() + "; it is tried again at the end");
      schedule.postpone(job);
    } else {
      failed(job, failure.reason());
    }
  }

  private void setBack(Job job, String reason) {
    if (setbacks.merge(job, 1, Integer::sum) < maxFailures) {
      again(job, "again", reason);
    } else {
      failed(job, reason);
    }
  }

  private void again(Job job, String what, String reason) {
    state.set(job, State.WAITING, "");
    log.event(what, job, reason);
    schedule.again(job);
  }

  private void failed(Job job, String reason) {
    state.set(job, State.FAILED, reason);
    log.event("FAILED", job, reason);
    for (Job dependent : schedule.failed(job)) {
      String blockade = "the %s has failed".formatted(job.title());
      state.set(dependent, State.BLOCKED, blockade);
      log.event("BLOCKED", dependent, blockade);
    }
  }

  /**
   * Once nothing is left to do: a hemisphere that was trained in this run may have come out with
   * other weights than those that older artifacts were computed from.
   *
   * @return whether there is something to do now
   */
  boolean planAgain() throws IOException, InterruptedException {
    boolean mayBeOutdated =
        setup.plan().jobs().stream()
            .filter(job -> state.of(job) == State.REUSED)
            .anyMatch(
                job ->
                    job.parents().stream().anyMatch(parent -> state.of(parent) == State.TRAINED));
    return mayBeOutdated && !lookAgain().isEmpty();
  }

  /** Has everything done that is not there, however long the store takes to answer. */
  List<Job> lookAgain() throws IOException, InterruptedException {
    return watch.patiently(this::addWhatIsMissing);
  }

  /** Has everything done that is not there, but for what has failed. */
  private List<Job> addWhatIsMissing() throws IOException {
    Inventory inventory = Inventory.without(damaged, store(), setup.plan());
    Set<State> settled = Set.of(State.FAILED, State.BLOCKED, State.WAITING, State.RUNNING);
    List<Job> missing = new ArrayList<>();
    for (Job job : inventory.jobs(setup.plan(), Inventory.Action.TRAIN)) {
      State known = state.of(job);
      if (known != null && settled.contains(known)) {
        continue;
      }
      if (known != null) {
        log.event("again", job, inventory.reason(job));
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
