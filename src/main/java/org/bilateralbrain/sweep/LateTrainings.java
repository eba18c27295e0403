package org.bilateralbrain.sweep;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bilateralbrain.grid.FeaturesJob;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.report.progress.Snapshot.ProgressSource;
import org.bilateralbrain.store.Progress;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.bilateralbrain.sweep.StragglerRule.Move;
import org.bilateralbrain.sweep.StragglerRule.Running;
import org.bilateralbrain.train.JobRunner;

/**
 * Trainings for which the sweep would wait because their executors are slow, and those that make
 * room for them. A late training is told to leave; when it is submitted anew, the training whose
 * executor it is to take is told so, too. Not earlier, because others would take its place.
 */
final class LateTrainings {

  /** Where all executors are slow at times, a training must still come to its end. */
  private static final int MAX_MOVES = 3;

  private static final Set<State> UNFINISHED = EnumSet.of(State.WAITING, State.RUNNING);

  private final Cluster cluster;
  private final SweepState state;
  private final Schedule schedule;
  private final ProgressSource notes;
  private final StragglerRule rule = new StragglerRule();
  private final Map<Job, Integer> moves = new HashMap<>();

  /** What the previous look saw. */
  private Map<Submission, Seen> seen = Map.of();

  /** Those that are to leave their executor, the value. */
  private final Map<Submission, String> moving = new HashMap<>();

  /** By the late jobs that are to take their executors. */
  private final Map<Job, Submission> partners = new HashMap<>();

  /** Partners that were told to leave, by the jobs that wait for it. */
  private final Map<Job, Submission> makingRoom = new HashMap<>();

  /**
   * @param fraction of the job that was done
   */
  private record Seen(String executor, double fraction, long nanos) {}

  LateTrainings(Cluster cluster, SweepState state, Schedule schedule, ProgressSource notes) {
    this.cluster = cluster;
    this.state = state;
    this.schedule = schedule;
    this.notes = notes;
  }

  /**
   * Decides which trainings are to move, by their progress since the previous look: notes may be an
   * earlier attempt's, and of a training that has just started they tell a pace that won't last.
   *
   * @param now in nanoseconds
   */
  void look(Collection<Submission> submitted, long now) throws IOException {
    List<Submission> onExecutors =
        submitted.stream().filter(each -> each.executor().isPresent()).toList();
    notes.prefetch(onExecutors.stream().map(each -> JobRunner.key(each.job())).toList());
    Map<Submission, Seen> current = new HashMap<>();
    List<Running<Submission>> running = new ArrayList<>();
    double workLeft = state.workLeft();
    for (Submission each : onExecutors) {
      Optional<String> executor = each.executor();
      Optional<Progress> note = notes.read(JobRunner.key(each.job()));
      if (executor.isEmpty() || note.isEmpty()) {
        continue;
      }
      double fraction = note.get().fraction();
      workLeft -= state.work(each.job()) * fraction;
      Seen is = new Seen(executor.get(), fraction, now);
      current.put(each, is);
      Seen was = seen.get(each);
      if (was != null && was.executor().equals(is.executor()) && was.fraction() < fraction) {
        running.add(running(each, was, is, note.get().rounds()));
      }
    }
    seen = current;
    partners.keySet().removeIf(job -> !UNFINISHED.contains(state.of(job)));
    running.removeIf(each -> mustStay(each.job()));
    boolean waiting = onExecutors.size() < submitted.size();
    int idle = waiting ? 0 : cluster.slots() - onExecutors.size();
    rule.moves(running, onExecutors.size(), Math.max(0, idle), workLeft).forEach(this::decide);
  }

  private Running<Submission> running(Submission each, Seen was, Seen is, int rounds) {
    double perSecond = 1e9 * (is.fraction() - was.fraction()) / (is.nanos() - was.nanos());
    double left = 1 - is.fraction();
    double work = state.work(each.job());
    return new Running<>(
        each,
        is.executor(),
        work,
        left,
        left / perSecond,
        1 / (rounds * perSecond),
        schedule.chain(each.job()) - work);
  }

  private boolean mustStay(Submission each) {
    return each.job() instanceof FeaturesJob // they have no checkpoints
        || moving.containsKey(each)
        || partners.containsValue(each)
        || moves.getOrDefault(each.job(), 0) >= MAX_MOVES;
  }

  private void decide(Move<Submission> move) {
    if (move.partner().isEmpty() || cluster.canPlace()) {
      leave(move.late());
      move.partner().ifPresent(partner -> partners.put(move.late().job(), partner));
    }
  }

  private void leave(Submission each) {
    each.executor()
        .ifPresent(
            executor -> {
              moving.put(each, executor);
              moves.merge(each.job(), 1, Integer::sum);
            });
  }

  /** The executor that a job is to take, if it isn't just any; tells who is there to leave. */
  Optional<String> placeOf(Job job) {
    Submission partner = partners.remove(job);
    if (partner == null || partner.isDone() || partner.executor().isEmpty()) {
      return Optional.empty();
    }
    leave(partner);
    makingRoom.put(job, partner);
    return partner.executor();
  }

  /** Which trainings, by id, are to leave which executor. */
  Map<String, String> moving(Collection<Submission> submitted) {
    if (moving.isEmpty()) {
      return Map.of();
    }
    for (Submission each : submitted) { // whoever has started needs no more room
      if (makingRoom.containsKey(each.job()) && each.executor().isPresent()) {
        moving.remove(makingRoom.remove(each.job()));
      }
    }
    Set<Submission> all = new HashSet<>(submitted);
    moving
        .entrySet()
        .removeIf(
            each ->
                !all.contains(each.getKey())
                    || !each.getKey().executor().equals(Optional.of(each.getValue())));
    Map<String, String> executors = new HashMap<>();
    moving.forEach((each, executor) -> executors.put(JobRunner.key(each.job()).id(), executor));
    return executors;
  }
}
