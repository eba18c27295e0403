package org.bilateralbrain.grid;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bilateralbrain.config.GridSettings;
import org.bilateralbrain.config.GridSettings.Pairing;
import org.bilateralbrain.config.Model;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.config.Variant;
import org.bilateralbrain.config.Variant.HemisphereSettings;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Head;

/**
 * Expands a configuration to grid points: model by model, within a model backbone by backbone, and
 * within a backbone variant by variant.
 */
final class GridExpansion {

  private final SweepConfig config;
  private final GridSettings grid;
  private final DataKey data;
  private final SweepPlan.Checkpoints checkpoints;
  private final List<GridPoint> points = new ArrayList<>();
  private final Map<List<Object>, PretrainedHemisphereJob> pretrained = new HashMap<>();

  GridExpansion(SweepConfig config, DataKey data, SweepPlan.Checkpoints checkpoints) {
    this.config = config;
    this.grid = config.grid();
    this.data = data;
    this.checkpoints = checkpoints;
  }

  List<GridPoint> points() {
    for (Model model : Model.values()) {
      if (grid.models().contains(model)) {
        for (Backbone backbone : grid.backbones()) {
          for (Variant variant : grid.variants()) {
            expand(
                model,
                variant.name(),
                variant.left().settings(backbone),
                variant.right().settings(backbone));
          }
        }
      }
    }
    return points;
  }

  private void expand(
      Model model, String variant, HemisphereSettings left, HemisphereSettings right) {
    switch (model) {
      case UNILATERAL_FINE -> unilateral(model, variant, left, Head.FINE);
      case UNILATERAL_COARSE -> unilateral(model, variant, right, Head.COARSE);
      case UNILATERAL_BOTH -> unilateralBoth(variant, left);
      case BILATERAL_SPECIALISED -> specialised(variant, left, right);
      case BILATERAL_UNSPECIALISED -> unspecialised(variant, left, right);
      case BILATERAL_FINE_FINE -> twoOfOneSide(model, variant, left);
      case BILATERAL_COARSE_COARSE -> twoOfOneSide(model, variant, right);
      case ENSEMBLE -> ensembles(variant, left);
    }
  }

  /** A side that is trained on the other side's labels yields no unilateral network of its own. */
  private void unilateral(Model model, String variant, HemisphereSettings side, Head own) {
    if (!side.labels().equals(List.of(own))) {
      return;
    }
    Optional<Backbone> backbone = Optional.of(side.shape().backbone());
    for (long seed : grid.seeds()) {
      points.add(
          new GridPoint(
              model.label(),
              variant,
              own == Head.FINE ? backbone : Optional.empty(),
              own == Head.COARSE ? backbone : Optional.empty(),
              seed,
              seed,
              side.labels(),
              hemisphere(side, seed)));
    }
  }

  /** A unilateral network with both heads has the shape of the left side. */
  private void unilateralBoth(String variant, HemisphereSettings left) {
    for (long seed : grid.seeds()) {
      Optional<Backbone> backbone = Optional.of(left.shape().backbone());
      points.add(
          new GridPoint(
              Model.UNILATERAL_BOTH.label(),
              variant,
              backbone,
              Optional.empty(),
              seed,
              seed,
              Head.BOTH,
              withBothHeads(left, seed)));
    }
  }

  private void specialised(String variant, HemisphereSettings left, HemisphereSettings right) {
    for (long leftSeed : grid.seeds()) {
      for (long rightSeed : grid.pairing() == Pairing.ZIP ? List.of(leftSeed) : grid.seeds()) {
        Hemisphere leftHemisphere = hemisphere(left, leftSeed);
        Hemisphere rightHemisphere = hemisphere(right, rightSeed);
        Job job =
            left.frozen() && right.frozen()
                ? new BilateralJob(
                    data,
                    config.computation(),
                    leftHemisphere,
                    rightHemisphere,
                    config.heads(),
                    leftSeed)
                : new EndToEndJob(
                    data,
                    config.computation(),
                    side(leftHemisphere, left.frozen()),
                    side(rightHemisphere, right.frozen()),
                    config.heads().training(),
                    leftSeed);
        points.add(
            bilateral(Model.BILATERAL_SPECIALISED, variant, left, right, leftSeed, rightSeed, job));
      }
    }
  }

  private static EndToEndJob.Side side(Hemisphere hemisphere, boolean frozen) {
    return frozen
        ? new EndToEndJob.Side.Frozen(hemisphere)
        : new EndToEndJob.Side.Plastic(hemisphere);
  }

  private void unspecialised(String variant, HemisphereSettings left, HemisphereSettings right) {
    for (long seed : grid.seeds()) {
      Job job =
          new EndToEndJob(
              data,
              config.computation(),
              new EndToEndJob.Side.Fresh(left.shape()),
              new EndToEndJob.Side.Fresh(right.shape()),
              config.bothHeads(),
              seed);
      points.add(bilateral(Model.BILATERAL_UNSPECIALISED, variant, left, right, seed, seed, job));
    }
  }

  /** Pairs each seed's hemisphere with the next seed's, and the last one with the first. */
  private void twoOfOneSide(Model model, String variant, HemisphereSettings side) {
    for (int i = 0; i < grid.seeds().size(); i++) {
      long seed = grid.seeds().get(i);
      long next = grid.seeds().get((i + 1) % grid.seeds().size());
      Job job =
          new BilateralJob(
              data,
              config.computation(),
              hemisphere(side, seed),
              hemisphere(side, next),
              config.heads(),
              seed);
      points.add(bilateral(model, variant, side, side, seed, next, job));
    }
  }

  private void ensembles(String variant, HemisphereSettings left) {
    Optional<Backbone> backbone = Optional.of(left.shape().backbone());
    for (int size : grid.ensembleSizes()) {
      for (int first = 0; first + size <= grid.seeds().size(); first++) {
        List<Long> seeds = grid.seeds().subList(first, first + size);
        List<Hemisphere> members = seeds.stream().map(seed -> withBothHeads(left, seed)).toList();
        points.add(
            new GridPoint(
                Model.ensembleOf(size),
                variant,
                backbone,
                Optional.empty(),
                seeds.get(0),
                seeds.get(size - 1),
                Head.BOTH,
                new EnsembleJob(data, config.computation(), members)));
      }
    }
  }

  private static GridPoint bilateral(
      Model model,
      String variant,
      HemisphereSettings left,
      HemisphereSettings right,
      long leftSeed,
      long rightSeed,
      Job job) {
    return new GridPoint(
        model.label(),
        variant,
        Optional.of(left.shape().backbone()),
        Optional.of(right.shape().backbone()),
        leftSeed,
        rightSeed,
        Head.BOTH,
        job);
  }

  private Hemisphere withBothHeads(HemisphereSettings side, long seed) {
    return new HemisphereJob(
        data,
        config.computation(),
        Head.BOTH,
        side.shape(),
        config.bothHeads(),
        side.parallelism(),
        seed);
  }

  private Hemisphere hemisphere(HemisphereSettings side, long seed) {
    if (side.checkpoint().isPresent()) {
      String location = side.checkpoint().get().replace("{seed}", Long.toString(seed));
      SweepPlan.Checkpoints.Checkpoint checkpoint =
          checkpoints.find(location, side.shape(), side.labels());
      // The same file for several seeds is one hemisphere.
      return pretrained.computeIfAbsent(
          List.of(checkpoint.digest(), side.shape(), side.labels()),
          key ->
              new PretrainedHemisphereJob(
                  data,
                  config.computation(),
                  side.labels(),
                  side.shape(),
                  checkpoint.location(),
                  checkpoint.digest(),
                  seed));
    }
    return new HemisphereJob(
        data.withTrainShare(side.trainShare()),
        config.computation(),
        side.labels(),
        side.shape(),
        side.training(),
        side.parallelism(),
        seed);
  }
}
