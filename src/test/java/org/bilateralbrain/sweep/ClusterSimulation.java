package org.bilateralbrain.sweep;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
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
 * resume from the last checkpoint on the next free executor. So do those that are late by {@link
 * StragglerRule}, which is asked as often as by {@link ExecutorWatch}.
 */
final class ClusterSimulation {

  private static final double SECONDS_BETWEEN_LOOKS = 300;
  private static final int MAX_MOVES = 3;

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
   */
  private record Task(Job job, double left) {}

  /**
   * @param task null if an executor takes the place of a lost one
   */
  private record Event(
      double time, int executor, @Nullable Task task, boolean dies, double begun) {}

  private final Cluster cluster;
  private final ToDoubleFunction<Job> seconds;
  private final Schedule schedule;
  private final SplittableRandom random = new SplittableRandom(0);
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingDouble(Event::time));
  private final Deque<Task> queue = new ArrayDeque<>();
  private final List<Integer> free = new ArrayList<>();
  private final Set<Event> running = new LinkedHashSet<>();
  private final Map<Job, Integer> movesOfJobs = new HashMap<>();
  private final StragglerRule stragglers = new StragglerRule();
  private double nextLook = SECONDS_BETWEEN_LOOKS;
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
    for (int i = 0; i < cluster.executors(); i++) {
      free.add(i);
    }
  }

  static Result run(List<Job> jobs, ToDoubleFunction<Job> seconds, Cluster cluster) {
    return new ClusterSimulation(jobs, seconds, cluster).run();
  }

  private Result run() {
    double now = 0;
    submit();
    start(now);
    while (!events.isEmpty()) {
      if (events.peek().time() > nextLook) {
        look(nextLook);
        submit();
        start(nextLook);
        nextLook += SECONDS_BETWEEN_LOOKS;
        continue;
      }
      Event event = events.poll();
      if (event.task() != null) {
        now = event.time(); // an executor that comes after the last job delays nothing
      }
      handle(event);
      submit();
      start(event.time());
    }
    return new Result(now, losses, repeated, done, moves);
  }

  /** Moves late jobs, which save a checkpoint. */
  private void look(double now) {
    List<StragglerRule.Running<Event>> known = new ArrayList<>();
    for (Event event : running) {
      double work = seconds.applyAsDouble(event.task().job());
      double left = left(event, now);
      known.add(
          new StragglerRule.Running<>(
              event, work, left / work, left / cluster.speed(event.executor())));
    }
    for (StragglerRule.Running<Event> late : stragglers.late(known, !queue.isEmpty())) {
      Event event = late.job();
      if (movesOfJobs.merge(event.task().job(), 1, Integer::sum) <= MAX_MOVES) {
        moves++;
        events.remove(event);
        running.remove(event);
        queue.addLast(new Task(event.task().job(), left(event, now)));
        free.add(event.executor());
      }
    }
  }

  private double left(Event event, double now) {
    return event.task().left() - (now - event.begun()) * cluster.speed(event.executor());
  }

  private void handle(Event event) {
    running.remove(event);
    if (event.task() == null) {
      free.add(event.executor());
    } else if (event.dies()) {
      losses++;
      double worked = event.time() - event.begun();
      double saved =
          Math.floor(worked / cluster.secondsBetweenCheckpoints())
              * cluster.secondsBetweenCheckpoints();
      repeated += worked - saved;
      double left = event.task().left() - saved * cluster.speed(event.executor());
      queue.addFirst(new Task(event.task().job(), left));
      double replaced = event.time() + cluster.secondsToReplace();
      events.add(new Event(replaced, event.executor(), null, false, 0));
    } else {
      done++;
      inWindow--;
      free.add(event.executor());
      schedule.done(event.task().job());
    }
  }

  private void submit() {
    while (inWindow < Math.max(2, 2 * cluster.executors())) {
      Optional<Job> next = schedule.next(any -> true);
      if (next.isEmpty()) {
        return;
      }
      queue.addLast(
          new Task(next.get(), seconds.applyAsDouble(next.get()) + cluster.secondsPerJob()));
      inWindow++;
    }
  }

  private void start(double now) {
    while (!free.isEmpty() && !queue.isEmpty()) {
      int executor = takeFree();
      Task task = queue.pollFirst();
      double death = -Math.log(1 - random.nextDouble()) * cluster.hoursBetweenLosses() * 3600;
      double needed = task.left() / cluster.speed(executor);
      boolean dies = death < needed;
      Event end = new Event(now + Math.min(death, needed), executor, task, dies, now);
      events.add(end);
      running.add(end);
    }
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
