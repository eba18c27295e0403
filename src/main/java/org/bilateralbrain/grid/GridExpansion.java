package org.bilateralbrain.grid;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bilateralbrain.config.CheckpointSettings;
import org.bilateralbrain.config.GridSettings;
import org.bilateralbrain.config.GridSettings.Pairing;
import org.bilateralbrain.config.HeadSettings;
import org.bilateralbrain.config.Model;
import org.bilateralbrain.config.RandomSource;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.config.TrainingSettings;
import org.bilateralbrain.config.Variant;
import org.bilateralbrain.config.Variant.HemisphereSettings;
import org.bilateralbrain.nn.Architecture.Side;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;

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
  private final Map<List<Object>, PretrainedBilateralJob> pretrainedBilateral = new HashMap<>();

  GridExpansion(SweepConfig config, DataKey data, SweepPlan.Checkpoints checkpoints) {
    this.config = config;
    this.grid = config.grid();
    this.data = data;
    this.checkpoints = checkpoints;
  }

  /** A variant's settings with one of the grid's backbones. */
  private record Setting(Variant variant, HemisphereSettings left, HemisphereSettings right) {

    static Setting of(Variant variant, Backbone backbone) {
      return new Setting(
          variant, variant.left().settings(backbone), variant.right().settings(backbone));
    }

    Randomness randomness(long seed) {
      return Randomness.of(seed, variant.vary());
    }

    Randomness randomness(long left, long right) {
      return Randomness.ofPair(left, right, variant.vary());
    }
  }

  List<GridPoint> points() {
    for (Model model : Model.values()) {
      if (grid.models().contains(model)) {
        for (Backbone backbone : grid.backbones()) {
          for (Variant variant : grid.variants()) {
            expand(model, Setting.of(variant, backbone));
          }
        }
      }
    }
    return points;
  }

  private void expand(Model model, Setting setting) {
    switch (model) {
      case UNILATERAL_FINE -> unilateral(model, setting, Side.LEFT, Head.FINE);
      case UNILATERAL_COARSE -> unilateral(model, setting, Side.RIGHT, Head.COARSE);
      case UNILATERAL_BOTH -> unilateralBoth(setting);
      case BILATERAL_SPECIALISED -> specialised(setting);
      case BILATERAL_UNSPECIALISED ->
          unspecialised(model, setting, setting.variant().bothHeads(), 1);
      case BILATERAL_UNSPECIALISED_MATCHED ->
          unspecialised(model, setting, matched(setting), setting.left().trainShare());
      case BILATERAL_FINE_FINE -> twoOfOneSide(model, setting, Side.LEFT);
      case BILATERAL_COARSE_COARSE -> twoOfOneSide(model, setting, Side.RIGHT);
      case ENSEMBLE -> ensembles(setting);
    }
  }

  /** A side that is trained on the other side's labels yields no unilateral network of its own. */
  private void unilateral(Model model, Setting setting, Side place, Head own) {
    HemisphereSettings side = place == Side.LEFT ? setting.left() : setting.right();
    if (!side.labels().equals(List.of(own))) {
      return;
    }
    Optional<Backbone> backbone = Optional.of(side.shape().backbone());
    for (long seed : grid.seeds()) {
      points.add(
          new GridPoint(
              model.label(),
              setting.variant().name(),
              own == Head.FINE ? backbone : Optional.empty(),
              own == Head.COARSE ? backbone : Optional.empty(),
              seed,
              seed,
              side.labels(),
              hemisphere(setting, place, seed)));
    }
  }

  /** A unilateral network with both heads has the shape of the left side. */
  private void unilateralBoth(Setting setting) {
    for (long seed : grid.seeds()) {
      Optional<Backbone> backbone = Optional.of(setting.left().shape().backbone());
      points.add(
          new GridPoint(
              Model.UNILATERAL_BOTH.label(),
              setting.variant().name(),
              backbone,
              Optional.empty(),
              seed,
              seed,
              Head.BOTH,
              withBothHeads(setting, data(setting, seed), seed)));
    }
  }

  private void specialised(Setting setting) {
    for (long left : grid.seeds()) {
      for (long right : grid.pairing() == Pairing.ZIP ? List.of(left) : grid.seeds()) {
        points.add(
            bilateral(
                Model.BILATERAL_SPECIALISED,
                setting,
                setting.left(),
                setting.right(),
                left,
                right,
                specialised(setting, left, right)));
      }
    }
  }

  private Job specialised(Setting setting, long leftSeed, long rightSeed) {
    Optional<CheckpointSettings> whole = setting.variant().checkpoints().bilateral();
    if (whole.isPresent()) {
      return pretrained(setting, whole.get(), leftSeed);
    }
    Hemisphere left = hemisphere(setting, Side.LEFT, leftSeed);
    Hemisphere right = hemisphere(setting, Side.RIGHT, rightSeed);
    HeadSettings heads = setting.variant().heads();
    Randomness randomness = setting.randomness(leftSeed, rightSeed);
    DataKey images = data(setting, leftSeed);
    return setting.left().frozen() && setting.right().frozen()
        ? new BilateralJob(images, config.computation(), left, right, heads, randomness)
        : new EndToEndJob(
            images,
            config.computation(),
            side(left, setting.left().frozen()),
            side(right, setting.right().frozen()),
            heads.training(),
            randomness);
  }

  private static EndToEndJob.Side side(Hemisphere hemisphere, boolean frozen) {
    return frozen
        ? new EndToEndJob.Side.Frozen(hemisphere)
        : new EndToEndJob.Side.Plastic(hemisphere);
  }

  private void unspecialised(
      Model model, Setting setting, TrainingSettings training, double trainShare) {
    for (long seed : grid.seeds()) {
      DataKey images = data(setting, seed);
      Job job =
          new EndToEndJob(
              images.withRule(images.rule().withTrainShare(trainShare, 0)),
              config.computation(),
              new EndToEndJob.Side.Fresh(setting.left().shape()),
              new EndToEndJob.Side.Fresh(setting.right().shape()),
              training,
              setting.randomness(seed));
      points.add(bilateral(model, setting, setting.left(), setting.right(), seed, seed, job));
    }
  }

  /**
   * As a left hemisphere is trained, for the epochs of the longer of the two hemispheres and those
   * of the heads.
   */
  private static TrainingSettings matched(Setting setting) {
    TrainingSettings left = setting.left().training();
    int hemispheres = Math.max(left.epochs(), setting.right().training().epochs());
    return left.withEpochs(hemispheres + setting.variant().heads().training().epochs());
  }

  /**
   * Pairs each seed's hemisphere with the next seed's. Further seeds at the end of the list add
   * pairs and change none.
   */
  private void twoOfOneSide(Model model, Setting setting, Side place) {
    HemisphereSettings side = place == Side.LEFT ? setting.left() : setting.right();
    for (int i = 0; i + 1 < grid.seeds().size(); i++) {
      long seed = grid.seeds().get(i);
      long next = grid.seeds().get(i + 1);
      Job job =
          new BilateralJob(
              data(setting, seed),
              config.computation(),
              hemisphere(setting, place, seed),
              hemisphere(setting, place, next),
              setting.variant().heads(),
              setting.randomness(seed, next));
      points.add(bilateral(model, setting, side, side, seed, next, job));
    }
  }

  private void ensembles(Setting setting) {
    Optional<Backbone> backbone = Optional.of(setting.left().shape().backbone());
    for (int size : grid.ensembles().sizes()) {
      for (int first = 0; first + size <= grid.seeds().size(); first++) {
        List<Long> seeds = grid.seeds().subList(first, first + size);
        List<Hemisphere> members = seeds.stream().map(seed -> member(setting, seed)).toList();
        points.add(
            new GridPoint(
                Model.ensembleOf(size),
                setting.variant().name(),
                backbone,
                Optional.empty(),
                seeds.get(0),
                seeds.get(size - 1),
                Head.BOTH,
                new EnsembleJob(data, config.computation(), members)));
      }
    }
  }

  /** One of the unilateral networks with both heads, unless members have images of their own. */
  private Hemisphere member(Setting setting, long seed) {
    boolean pretrained = setting.variant().checkpoints().bothHeads().isPresent();
    double share = pretrained ? 1 : grid.ensembles().trainShare();
    return withBothHeads(
        setting, share == 1 ? data : data.withRule(data.rule().withTrainShare(share, seed)), seed);
  }

  private static GridPoint bilateral(
      Model model,
      Setting setting,
      HemisphereSettings left,
      HemisphereSettings right,
      long leftSeed,
      long rightSeed,
      Job job) {
    return new GridPoint(
        model.label(),
        setting.variant().name(),
        Optional.of(left.shape().backbone()),
        Optional.of(right.shape().backbone()),
        leftSeed,
        rightSeed,
        Head.BOTH,
        job);
  }

  private Hemisphere withBothHeads(Setting setting, DataKey images, long seed) {
    Optional<CheckpointSettings> checkpoint = setting.variant().checkpoints().bothHeads();
    if (checkpoint.isPresent()) {
      return pretrained(checkpoint.get(), setting.left().shape(), Head.BOTH, images, seed);
    }
    return new HemisphereJob(
        images,
        config.computation(),
        Head.BOTH,
        setting.left().shape(),
        setting.variant().bothHeads(),
        setting.left().parallelism(),
        Side.LEFT,
        setting.randomness(seed));
  }

  private Hemisphere hemisphere(Setting setting, Side place, long seed) {
    HemisphereSettings side = place == Side.LEFT ? setting.left() : setting.right();
    DataKey images = data(setting, seed);
    if (side.checkpoint().isPresent()) {
      return pretrained(side.checkpoint().get(), side.shape(), side.labels(), images, seed);
    }
    return new HemisphereJob(
        images.withRule(images.rule().withTrainShare(side.trainShare(), 0)),
        config.computation(),
        side.labels(),
        side.shape(),
        side.training(),
        side.parallelism(),
        place,
        setting.randomness(seed),
        side.startFrom().map(start -> find(start, side.shape(), side.labels(), seed)).orElse(null));
  }

  /** The images for a seed, which may decide which of them are held out. */
  private DataKey data(Setting setting, long seed) {
    return setting.variant().vary().contains(RandomSource.SPLIT)
        ? data.withRule(data.rule().withSplit(seed))
        : data;
  }

  private Hemisphere pretrained(
      CheckpointSettings settings,
      HemisphereShape shape,
      List<Head> heads,
      DataKey images,
      long seed) {
    Checkpoint checkpoint = find(settings, shape, heads, seed);
    // The same file for several seeds is one hemisphere.
    return pretrained.computeIfAbsent(
        List.of(checkpoint.anywhere(), shape, heads, images),
        key ->
            new PretrainedHemisphereJob(
                images, config.computation(), heads, shape, checkpoint, seed));
  }

  private Job pretrained(Setting setting, CheckpointSettings settings, long seed) {
    HemisphereShape left = setting.left().shape();
    HemisphereShape right = setting.right().shape();
    Checkpoint checkpoint =
        checkpoints.find(
            settings.ofSeed(seed),
            PretrainedBilateralJob.architecture(data, left, right),
            "a bilateral network of %s and %s".formatted(left.title(), right.title()));
    DataKey images = data(setting, seed);
    return pretrainedBilateral.computeIfAbsent(
        List.of(checkpoint.anywhere(), left, right, images),
        key ->
            new PretrainedBilateralJob(
                images, config.computation(), left, right, checkpoint, seed));
  }

  private Checkpoint find(
      CheckpointSettings settings, HemisphereShape shape, List<Head> heads, long seed) {
    return checkpoints.find(
        settings.ofSeed(seed),
        Hemisphere.architecture(data, shape, heads),
        "a %s with the heads %s".formatted(shape.title(), heads));
  }
}
