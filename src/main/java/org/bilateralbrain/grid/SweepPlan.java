package org.bilateralbrain.grid;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bilateralbrain.config.SweepConfig;

/**
 * What a sweep consists of.
 *
 * @param cells in the order of the tables
 * @param jobs every job that a cell needs, once, parents before their dependents
 */
public record SweepPlan(List<GridPoint> cells, List<Job> jobs) {

  /** Expands the grid. */
  public static SweepPlan of(SweepConfig config, DataKey data, Checkpoints checkpoints) {
    // A variant that fixes both backbones makes the same cells for every backbone of the grid.
    List<GridPoint> cells =
        new GridExpansion(config, data, checkpoints).cells().stream().distinct().toList();
    Set<Job> jobs = new LinkedHashSet<>();
    cells.forEach(cell -> collect(cell.job(), jobs));
    return new SweepPlan(cells, List.copyOf(jobs));
  }

  private static void collect(Job job, Set<Job> jobs) {
    job.parents().forEach(parent -> collect(parent, jobs));
    jobs.add(job);
  }

  /** The cells that need a job, directly or as a parent. */
  public List<GridPoint> pointsThatNeed(Job job) {
    return cells.stream().filter(cell -> needs(cell.job(), job)).toList();
  }

  private static boolean needs(Job dependent, Job job) {
    return dependent.equals(job)
        || dependent.parents().stream().anyMatch(parent -> needs(parent, job));
  }
}
