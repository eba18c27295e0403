package org.bilateralbrain.grid;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;

/**
 * The grid points and jobs of a sweep.
 *
 * @param points the grid points, in the order of the tables
 * @param jobs every job that a grid point needs, once, parents before their dependents
 */
public record SweepPlan(List<GridPoint> points, List<Job> jobs) {

  /** Access to the pretrained hemispheres that a configuration names. */
  public interface Checkpoints {

    /**
     * A pretrained hemisphere.
     *
     * @param location a URI that every machine can use
     * @param digest of the content
     */
    record Checkpoint(String location, String digest) {}

    /**
     * Reads a checkpoint and checks that it fits the shape and heads.
     *
     * @throws org.bilateralbrain.data.DataException if it is missing, damaged or of another network
     */
    Checkpoint find(String location, HemisphereShape shape, List<Head> heads);
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
