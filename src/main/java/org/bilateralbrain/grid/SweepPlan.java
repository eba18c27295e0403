package org.bilateralbrain.grid;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bilateralbrain.config.GridSettings;
import org.bilateralbrain.config.HeadSettings;
import org.bilateralbrain.config.Model;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.config.Variant;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Head;

/**
 * What a sweep consists of.
 *
 * @param cells in the order of the tables
 * @param jobs every job that a cell needs, once, parents before their dependents
 */
public record SweepPlan(List<Cell> cells, List<Job> jobs) {

  /** Expands the grid. */
  public static SweepPlan of(SweepConfig config, DataKey data) {
    List<Cell> cells = new ArrayList<>();
    GridSettings grid = config.grid();
    for (Model model : Model.values()) {
      if (grid.models().contains(model)) {
        for (Backbone backbone : grid.backbones()) {
          for (Variant variant : grid.variants()) {
            for (long seed : grid.seeds()) {
              cells.add(cell(model, backbone, variant, seed, config.heads(), data));
            }
          }
        }
      }
    }
    // A variant that fixes both backbones makes the same cells for every backbone of the grid.
    List<Cell> distinct = cells.stream().distinct().toList();
    Set<Job> jobs = new LinkedHashSet<>();
    distinct.forEach(cell -> collect(cell.job(), jobs));
    return new SweepPlan(distinct, List.copyOf(jobs));
  }

  private static Cell cell(
      Model model, Backbone backbone, Variant variant, long seed, HeadSettings heads, DataKey data) {
    HemisphereJob left = new HemisphereJob(data, Head.FINE, variant.left().settings(backbone), seed);
    HemisphereJob right = new HemisphereJob(data, Head.COARSE, variant.right().settings(backbone), seed);
    Optional<Backbone> leftBackbone = Optional.of(left.settings().shape().backbone());
    Optional<Backbone> rightBackbone = Optional.of(right.settings().shape().backbone());
    return switch (model) {
      case UNILATERAL_FINE -> new Cell(model, variant.name(), leftBackbone, Optional.empty(), seed, left);
      case UNILATERAL_COARSE -> new Cell(model, variant.name(), Optional.empty(), rightBackbone, seed, right);
      case BILATERAL_SPECIALISED ->
          new Cell(
              model, variant.name(), leftBackbone, rightBackbone, seed, new BilateralJob(data, left, right, heads, seed));
    };
  }

  private static void collect(Job job, Set<Job> jobs) {
    job.parents().forEach(parent -> collect(parent, jobs));
    jobs.add(job);
  }

  /** The cells that need a job, directly or as a parent. */
  public List<Cell> cellsThatNeed(Job job) {
    return cells.stream().filter(cell -> needs(cell.job(), job)).toList();
  }

  private static boolean needs(Job dependent, Job job) {
    return dependent.equals(job) || dependent.parents().stream().anyMatch(parent -> needs(parent, job));
  }
}
