package org.bilateralbrain.grid;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.ClassOrder;

/**
 * The grid points and jobs of a sweep.
 *
 * @param points the grid points, in the order of the tables
 * @param jobs every job that a grid point needs, once, parents before their dependents
 */
public record SweepPlan(List<GridPoint> points, List<Job> jobs) {

  /** Access to the trained networks that a configuration names. */
  public interface Checkpoints {

    /** Reads none; the plan is as large as the real one, but its ids are different. */
    Checkpoints UNREAD =
        (location, order, architecture, network) -> new Checkpoint(location, "", order);

    /**
     * Reads a checkpoint and checks that it holds a network.
     *
     * @param network the network's name in messages
     * @throws org.bilateralbrain.data.DataException if it is missing, damaged or of another network
     */
    Checkpoint find(String location, ClassOrder order, Architecture architecture, String network);
  }

  /** Expands the grid of a configuration. */
  public static SweepPlan of(SweepConfig config, DataKey data, Checkpoints checkpoints) {
    // A variant that sets both backbones yields the same points for every backbone of the grid.
    List<GridPoint> points =
        new GridExpansion(config, data, checkpoints).points().stream().distinct().toList();
    Set<Job> jobs = new LinkedHashSet<>();
    points.forEach(point -> collect(point.job(), jobs));
    return new SweepPlan(points, List.copyOf(jobs));
  }

  private static void collect(Job job, Set<Job> jobs) {
    job.parents().forEach(parent -> collect(parent, jobs));
    jobs.add(job);
  }

  /** The grid points that need a job, directly or as a parent of another job. */
  public List<GridPoint> pointsThatNeed(Job job) {
    return points.stream().filter(point -> needs(point.job(), job)).toList();
  }

  private static boolean needs(Job dependent, Job job) {
    return dependent.equals(job)
        || dependent.parents().stream().anyMatch(parent -> needs(parent, job));
  }
}
