package org.bilateralbrain.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bilateralbrain.data.Augmentation;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Sparsity;

/**
 * One way of training every model: the settings of the left (fine) and the right (coarse)
 * hemisphere, and of everything else that is trained.
 *
 * @param name as in the tables; {@link #SYMMETRIC} if the configuration names no variant
 * @param bothHeads how networks with a fine and a coarse head are trained from scratch
 * @param heads how the heads on specialised hemispheres are trained
 * @param checkpoints trained networks to use instead of training these
 * @param vary the sources of randomness that a seed changes
 */
public record Variant(
    String name,
    Side left,
    Side right,
    TrainingSettings bothHeads,
    HeadSettings heads,
    CheckpointSettings.OfVariant checkpoints,
    Set<RandomSource> vary) {

  public static final String SYMMETRIC = "symmetric";

  boolean isDataParallel() {
    return left.parallelism instanceof Parallelism.OfData
        || right.parallelism instanceof Parallelism.OfData;
  }

  boolean stopsEarly() {
    return Stream.of(left.training, right.training, bothHeads, heads.training())
        .anyMatch(training -> training.earlyStopping() != null);
  }

  /** How the images vary in each of its trainings. */
  public Stream<Augmentation> augmentations() {
    return Stream.of(left.training, right.training, bothHeads, heads.training())
        .map(TrainingSettings::augmentation);
  }

  /**
   * One hemisphere's settings, except for the backbone, which the grid varies.
   *
   * @param backbone if present, it overrides the grid's
   */
  public record Side(
      Optional<Backbone> backbone,
      int width,
      Sparsity sparsity,
      TrainingSettings training,
      List<Head> labels,
      double trainShare,
      boolean frozen,
      Optional<CheckpointSettings> checkpoint,
      Optional<CheckpointSettings> startFrom,
      Parallelism parallelism) {

    /** The settings of a hemisphere, given the grid's backbone. */
    public HemisphereSettings settings(Backbone ofGrid) {
      return new HemisphereSettings(
          new HemisphereShape(backbone.orElse(ofGrid), width, sparsity),
          training,
          labels,
          trainShare,
          frozen,
          checkpoint,
          startFrom,
          parallelism);
    }

    /**
     * @param section the settings of this side of a variant, or the section {@code hemisphere}
     * @param ownLabels the labels it is trained on unless the section sets others
     */
    static Side read(Section section, Head ownLabels) {
      List<Head> heads =
          section
              .optional("labels")
              .flatMap(key -> section.named(key, Side::labels, "fine, coarse, both"))
              .orElse(List.of(ownLabels));
      return new Side(
          section
              .optional("backbone")
              .flatMap(key -> section.named(key, Backbone::named, Backbone.labels())),
          section.integer("width", 1),
          section
              .optional("sparsity")
              .map(key -> sparsity(section.child(key)))
              .orElse(Sparsity.NONE),
          TrainingReader.read(section),
          heads,
          section.share("train-share"),
          section.yesOrNo("freeze"),
          CheckpointSettings.read(section, CheckpointSettings.KEY, heads),
          CheckpointSettings.read(section, CheckpointSettings.START, heads),
          Parallelism.read(section));
    }

    private static Sparsity sparsity(Section section) {
      Sparsity.Testing testing =
          section.isNull("testing")
              ? Sparsity.Testing.SAMPLE
              : section
                  .named("testing", Sparsity.Testing::named, "sample, batch")
                  .orElse(Sparsity.Testing.SAMPLE);
      return new Sparsity(section.share("k"), section.share("k-percent"), testing);
    }

    private static Optional<List<Head>> labels(String name) {
      return switch (name) {
        case "fine" -> Optional.of(List.of(Head.FINE));
        case "coarse" -> Optional.of(List.of(Head.COARSE));
        case "both" -> Optional.of(Head.BOTH);
        default -> Optional.empty();
      };
    }
  }

  /**
   * One side of a variant with its backbone: every setting in which the left and the right
   * hemisphere can differ.
   *
   * @param labels what it is trained on
   * @param trainShare fraction of the training images that it is trained on, in (0, 1]
   * @param frozen whether its weights stay fixed while a bilateral network's heads are trained
   * @param checkpoint a pretrained hemisphere to use instead of training one
   * @param startFrom a hemisphere to train further, with a new optimiser, instead of a random one
   */
  public record HemisphereSettings(
      HemisphereShape shape,
      TrainingSettings training,
      List<Head> labels,
      double trainShare,
      boolean frozen,
      Optional<CheckpointSettings> checkpoint,
      Optional<CheckpointSettings> startFrom,
      Parallelism parallelism) {}
}
