package org.bilateralbrain.sweep;

import static org.bilateralbrain.sweep.Cluster.MAX_WAITING;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.bilateralbrain.grid.Job;
import org.jspecify.annotations.Nullable;

/**
 * Simulates a sweep on a cluster of any size. Jobs are submitted in the order of {@link Schedule},
 * through a window as in {@link Sweep}, and run first come, first served as in Spark, each on a
 * random one of the free executors. Executors may be slow, and may die and be replaced; their jobs
 * resume from the last checkpoint on the next free executor. Jobs that are late by {@link
 * StragglerRule}, which is asked as often as by {@link ExecutorWatch}, move at the end of an epoch,
 * and so do those whose executors they are to take.
 */
final class ClusterSimulation {

  /** Of {@link ExecutorWatch}, if each takes eight seconds, as with ten thousand executors. */
  private static final double SECONDS_BETWEEN_LOOKS = 160;

  private static final int MAX_MOVES = 3;

  /** Of a training, the paper's. */
  private static final int EPOCHS = 180;

  /** How much slower stragglers are. */
  static final double STRAGGLERS_SPEED = 0.5;

  /**
   * A cluster.
   *
   * @param stragglers the share of executors that are half as fast
   * @param hoursBetweenLosses mean lifetime of an executor; infinite if none dies
   * @param secondsToReplace until a dead executor is replaced
   * @param secondsBetweenCheckpoints the most work that is lost with an executor
   * @param secondsPerJob overhead: from the end of a task until the driver has submitted the next
   */
  record Cluster(
      int executors,
      double stragglers,
      double hoursBetweenLosses,
      double secondsToReplace,
      double secondsBetweenCheckpoints,
      double secondsPerJob) {

    double speed(int executor) {
      return executor < (int) (stragglers * executors) ? STRAGGLERS_SPEED : 1;
    }

    /** In executors of full speed. */
    double totalSpeed() {
      double total = 0;
      for (int i = 0; i < executors; i++) {
        total += speed(i);
      }
      return total;
    }
  }

  /**
   * The outcome.
   *
   * @param makespan seconds
   * @param repeated seconds of work that had to be repeated
   */
  record Result(double makespan, int losses, double repeated, int jobs, int moves) {}

  /**
   * @param left seconds of work on an executor of full speed
   * @param turn the place in the order of submission; Spark keeps that of a job that it retries
   */
  private record Task(Job job, double left, int turn) {}

  /** What happens to an executor. */
  private enum Kind {
    DONE,
    MOVED,
    DIED,
    REPLACED
  }

  /**
   * @param task null if an executor takes the place of a lost one
   */
  private record Event(double time, Kind kind, int executor, @Nullable Task task, double begun) {}

  private final Cluster cluster;
  private final ToDoubleFunction<Job> seconds;
  private final Schedule schedule;
  private final SplittableRandom random = new SplittableRandom(0);
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingDouble(Event::time));
  private final PriorityQueue<Task> queue =
      new PriorityQueue<>(Comparator.comparingInt(Task::turn));
  private final List<Integer> free = new ArrayList<>();
  private final Set<Event> running = new LinkedHashSet<>();

  /** Of jobs that have moved, seconds. */
  private final Map<Job, Double> left = new HashMap<>();

  private final Map<Job, Integer> movesOfJobs = new HashMap<>();

  /** By the jobs that are to take their executors. */
  private final Map<Job, Event> partners = new HashMap<>();

  /** By executors. */
  private final Map<Integer, Task> reserved = new HashMap<>();

  private final StragglerRule stragglers = new StragglerRule();
  private double nextLook = SECONDS_BETWEEN_LOOKS;
  private double workLeft;
  private int turns;
  private int moves;
  private int inWindow;
  private int losses;
  private int done;
  private double repeated;

  private ClusterSimulation(List<Job> jobs, ToDoubleFunction<Job> seconds, Cluster cluster) {
    this.cluster = cluster;
    this.seconds = seconds;
    schedule = new Schedule(jobs, seconds);
    schedule.add(jobs);
    workLeft = jobs.stream().mapToDouble(seconds).sum();
    for (int i = 0; i < cluster.executors(); i++) {
      free.add(i);
    }
  }

  static Result run(List<Job> jobs, ToDoubleFunction<Job> seconds, Cluster cluster) {
    return new ClusterSimulation(jobs, seconds, cluster).run();
  }

  private Result run() {
    double now = 0;
    submit(now);
    start(now);
    while (!events.isEmpty()) {
      if (events.peek().time() > nextLook) {
        look(nextLook);
        submit(nextLook);
        start(nextLook);
        nextLook += SECONDS_BETWEEN_LOOKS;
        continue;
      }
      Event event = events.poll();
      if (event.task() != null) {
        now = event.time(); // an executor that comes after the last job delays nothing
      }
      handle(event);
      submit(event.time());
      start(event.time());
    }
    return new Result(now, losses, repeated, done, moves);
  }

  /** Moves late jobs, which save a checkpoint. */
  private void look(double now) {
    List<StragglerRule.Running<Event>> known = new ArrayList<>();
    double ahead = workLeft;
    for (Event event : running) {
      Job job = event.task().job();
      double work = seconds.applyAsDouble(job);
      double left = left(event, now);
      ahead -= work - left;
      if (mayMove(event) && event.begun() < now - SECONDS_BETWEEN_LOOKS) { // seen by the last look
        known.add(
            new StragglerRule.Running<>(
                event,
                String.valueOf(event.executor()),
                work,
                left / work,
                left / cluster.speed(event.executor()),
                work / EPOCHS / cluster.speed(event.executor()),
                schedule.chain(job) - work));
      }
    }
    for (StragglerRule.Move<Event> move :
        stragglers.moves(known, running.size(), queue.isEmpty() ? free.size() : 0, ahead)) {
      move.partner().ifPresent(partner -> partners.put(move.late().task().job(), partner));
      stop(move.late(), now);
    }
  }

  private boolean mayMove(Event event) {
    return event.kind() != Kind.MOVED
        && !partners.containsValue(event)
        && movesOfJobs.getOrDefault(event.task().job(), 0) < MAX_MOVES;
  }

  /** Lets a job move at the end of its epoch, unless it ends before. */
  private void stop(Event event, double now) {
    double epoch = seconds.applyAsDouble(event.task().job()) / EPOCHS;
    double time = now + random.nextDouble() * epoch / cluster.speed(event.executor());
    if (time < event.time()) {
      moves++;
      movesOfJobs.merge(event.task().job(), 1, Integer::sum);
      remove(event);
      add(new Event(time, Kind.MOVED, event.executor(), event.task(), event.begun()));
    }
  }

  private void add(Event event) {
    events.add(event);
    running.add(event);
  }

  private void remove(Event event) {
    events.remove(event);
    running.remove(event);
  }

  private double left(Event event, double now) {
    return event.task().left() - (now - event.begun()) * cluster.speed(event.executor());
  }

  private void handle(Event event) {
    running.remove(event);
    switch (event.kind()) {
      case DONE -> {
        Job job = event.task().job();
        done++;
        inWindow--;
        workLeft -= seconds.applyAsDouble(job);
        schedule.done(job);
        release(event.executor(), event.time());
      }
      case MOVED -> {
        Job job = event.task().job();
        inWindow--;
        left.put(job, left(event, event.time()));
        schedule.requeue(job);
        release(event.executor(), event.time());
      }
      case DIED -> {
        losses++;
        double worked = event.time() - event.begun();
        double saved =
            Math.floor(worked / cluster.secondsBetweenCheckpoints())
                * cluster.secondsBetweenCheckpoints();
        repeated += worked - saved;
        double toDo = event.task().left() - saved * cluster.speed(event.executor());
        queue.add(new Task(event.task().job(), toDo, event.task().turn()));
        Task reserving = reserved.remove(event.executor());
        if (reserving != null) {
          queue.add(reserving);
        }
        double replaced = event.time() + cluster.secondsToReplace();
        events.add(new Event(replaced, Kind.REPLACED, event.executor(), null, 0));
      }
      case REPLACED -> release(event.executor(), event.time());
    }
  }

  /** Frees an executor for the job that is to take it, or for any. */
  private void release(int executor, double now) {
    Task next = reserved.remove(executor);
    if (next == null) {
      free.add(executor);
    } else {
      start(next, executor, now);
    }
  }

  private void submit(double now) {
    while (inWindow < cluster.executors() + Math.min(cluster.executors(), MAX_WAITING)) {
      Optional<Job> next = schedule.next(any -> true);
      if (next.isEmpty()) {
        return;
      }
      Job job = next.get();
      double toDo = left.getOrDefault(job, seconds.applyAsDouble(job)) + cluster.secondsPerJob();
      int turn = turns++;
      inWindow++;
      Event partner = partners.remove(job);
      if (partner != null && running.contains(partner)) {
        stop(partner, now);
        // Spark's pool for such jobs comes before all others
        reserved.put(partner.executor(), new Task(job, toDo, Integer.MIN_VALUE + turn));
      } else {
        queue.add(new Task(job, toDo, turn));
      }
    }
  }

  private void start(double now) {
    while (!free.isEmpty() && !queue.isEmpty()) {
      start(queue.poll(), takeFree(), now);
    }
  }

  private void start(Task task, int executor, double now) {
    double death = -Math.log(1 - random.nextDouble()) * cluster.hoursBetweenLosses() * 3600;
    double needed = task.left() / cluster.speed(executor);
    Kind kind = death < needed ? Kind.DIED : Kind.DONE;
    add(new Event(now + Math.min(death, needed), kind, executor, task, now));
  }

  private int takeFree() {
    int place = random.nextInt(free.size());
    int executor = free.get(place);
    free.set(place, free.get(free.size() - 1));
    free.remove(free.size() - 1);
    return executor;
  }

  /**
   * A lower bound of the makespan in any order: all executors always busy, or the longest chain of
   * jobs on executors of full speed.
   */
  static double ideal(List<Job> jobs, ToDoubleFunction<Job> seconds, Cluster cluster) {
    Map<Job, Double> ends = new HashMap<>();
    double all = 0;
    double chain = 0;
    for (Job job : jobs) { // parents come before their dependents
      double start = job.parents().stream().mapToDouble(ends::get).max().orElse(0);
      ends.put(job, start + seconds.applyAsDouble(job));
      chain = Math.max(chain, ends.get(job));
      all += seconds.applyAsDouble(job);
    }
    return Math.max(all / cluster.totalSpeed(), chain);
  }
}
