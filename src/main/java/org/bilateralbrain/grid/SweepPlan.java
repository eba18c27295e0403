package org.bilateralbrain.grid;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bilateralbrain.config.CheckpointSettings;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.nn.Architecture;

/**
 * The grid points and jobs of a sweep.
 *
 * @param points the grid points, in the order of the tables
 * @param jobs every job that a grid point needs, once, parents before their dependents
 * @param titles what each job is called in this plan: with its variants if others have its title
 */
public record SweepPlan(List<GridPoint> points, List<Job> jobs, Map<Job, String> titles) {

  /** Access to the trained networks that a configuration names. */
  public interface Checkpoints {

    /** Reads none; the plan is as large as the real one, but its ids are different. */
    Checkpoints UNREAD =
        (settings, architecture, network) ->
            new Checkpoint(settings.location(), "", settings.classOrder(), settings.prefix());

    /**
     * Reads a checkpoint and checks that it holds a network.
     *
     * @param network the network's name in messages
     * @throws org.bilateralbrain.data.DataException if it is missing, damaged or of another network
     */
    Checkpoint find(CheckpointSettings settings, Architecture architecture, String network);
  }

  /** Expands the grid of a configuration. */
  public static SweepPlan of(SweepConfig config, DataKey data, Checkpoints checkpoints) {
    // A variant that sets both backbones yields the same points for every backbone of the grid.
    List<GridPoint> points =
        new GridExpansion(config, data, checkpoints).points().stream().distinct().toList();
    Map<Job, Set<String>> variants = new LinkedHashMap<>();
    points.forEach(point -> collect(point.job(), point.variant(), variants));
    return new SweepPlan(points, List.copyOf(variants.keySet()), titles(variants));
  }

  /**
   * @param variants of every job
   */
  private static void collect(Job job, String variant, Map<Job, Set<String>> variants) {
    job.parents().forEach(parent -> collect(parent, variant, variants));
    variants.computeIfAbsent(job, any -> new LinkedHashSet<>()).add(variant);
  }

  private static Map<Job, String> titles(Map<Job, Set<String>> variants) {
    Map<String, Long> uses =
        variants.keySet().stream()
            .collect(Collectors.groupingBy(Job::title, Collectors.counting()));
    Map<Job, String> titles = new HashMap<>();
    variants.forEach(
        (job, names) ->
            titles.put(
                job,
                uses.getOrDefault(job.title(), 1L) == 1
                    ? job.title()
                    : "%s (%s)".formatted(job.title(), String.join(", ", names))));
    return Collections.unmodifiableMap(titles);
  }

  public String title(Job job) {
    return titles.getOrDefault(job, job.title());
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
