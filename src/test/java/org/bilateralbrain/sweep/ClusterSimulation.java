package org.bilateralbrain.sweep;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.bilateralbrain.grid.Job;

/**
 * Simulates a sweep on a cluster of any size. Jobs are submitted in the order of {@link Schedule},
 * through a window as in {@link Sweep}, and run first come, first served as in Spark. Executors may
 * die and are replaced; their jobs resume from the last checkpoint on the next free executor.
 */
final class ClusterSimulation {

  /**
   * A cluster.
   *
   * @param hoursBetweenLosses mean lifetime of an executor; infinite if none dies
   * @param secondsToReplace until a dead executor is replaced
   * @param secondsBetweenCheckpoints the most work that is lost with an executor
   * @param secondsPerJob overhead: from the end of a task until the driver has submitted the next
   */
  record Cluster(
      int executors,
      double hoursBetweenLosses,
      double secondsToReplace,
      double secondsBetweenCheckpoints,
      double secondsPerJob) {}

  /**
   * The outcome.
   *
   * @param makespan seconds
   * @param repeated seconds of work that had to be repeated
   */
  record Result(double makespan, int losses, double repeated, int jobs) {}

  private record Running(Job job, double left) {}

  private record Event(double time, Running task, boolean dies, double begun) {}

  private final Cluster cluster;
  private final ToDoubleFunction<Job> seconds;
  private final Schedule schedule;
  private final SplittableRandom random = new SplittableRandom(0);
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingDouble(Event::time));
  private final Deque<Running> queue = new ArrayDeque<>();
  private int free;
  private int inWindow;
  private int losses;
  private int done;
  private double repeated;

  private ClusterSimulation(List<Job> jobs, ToDoubleFunction<Job> seconds, Cluster cluster) {
    this.cluster = cluster;
    this.seconds = seconds;
    schedule = new Schedule(jobs);
    schedule.add(jobs);
    free = cluster.executors();
  }

  static Result run(List<Job> jobs, ToDoubleFunction<Job> seconds, Cluster cluster) {
    return new ClusterSimulation(jobs, seconds, cluster).run();
  }

  private Result run() {
    double now = 0;
    submit();
    start(now);
    while (!events.isEmpty()) {
      Event event = events.poll();
      now = event.time();
      handle(event);
      submit();
      start(now);
    }
    return new Result(now, losses, repeated, done);
  }

  private void handle(Event event) {
    if (event.task() == null) {
      free++; // a new executor replaces a lost one
    } else if (event.dies()) {
      losses++;
      double worked = event.time() - event.begun();
      double saved =
          Math.floor(worked / cluster.secondsBetweenCheckpoints())
              * cluster.secondsBetweenCheckpoints();
      repeated += worked - saved;
      queue.addFirst(new Running(event.task().job(), event.task().left() - saved));
      events.add(new Event(event.time() + cluster.secondsToReplace(), null, false, 0));
    } else {
      done++;
      inWindow--;
      free++;
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
          new Running(next.get(), seconds.applyAsDouble(next.get()) + cluster.secondsPerJob()));
      inWindow++;
    }
  }

  private void start(double now) {
    while (free > 0 && !queue.isEmpty()) {
      free--;
      Running task = queue.pollFirst();
      double death = -Math.log(1 - random.nextDouble()) * cluster.hoursBetweenLosses() * 3600;
      boolean dies = death < task.left();
      events.add(new Event(now + Math.min(death, task.left()), task, dies, now));
    }
  }

  /**
   * A lower bound of the makespan in any order: all executors always busy, or the longest chain of
   * jobs.
   */
  static double ideal(List<Job> jobs, ToDoubleFunction<Job> seconds, int executors) {
    Map<Job, Double> ends = new HashMap<>();
    double all = 0;
    double chain = 0;
    for (Job job : jobs) { // parents come before their dependents
      double start = job.parents().stream().mapToDouble(ends::get).max().orElse(0);
      ends.put(job, start + seconds.applyAsDouble(job));
      chain = Math.max(chain, ends.get(job));
      all += seconds.applyAsDouble(job);
    }
    return Math.max(all / executors, chain);
  }
}
