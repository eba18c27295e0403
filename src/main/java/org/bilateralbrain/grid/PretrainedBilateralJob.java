package org.bilateralbrain.grid;

import java.util.List;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Computation;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Layer.Plasticity;

/**
 * Takes over a whole bilateral network that was trained elsewhere, and tests it.
 *
 * @param seed whose place it takes; the result doesn't depend on it
 */
public record PretrainedBilateralJob(
    DataKey data,
    Computation computation,
    HemisphereShape left,
    HemisphereShape right,
    Checkpoint checkpoint,
    long seed)
    implements PretrainedJob {

  @Override
  public String kind() {
    return "bilateral";
  }

  @Override
  public List<Job> parents() {
    return List.of();
  }

  @Override
  public String title() {
    return "bilateral network, %s + %s, pretrained, seed %s"
        .formatted(left.title(), right.title(), seed);
  }

  @Override
  public Architecture architecture() {
    return architecture(data, left, right);
  }

  static Architecture architecture(DataKey data, HemisphereShape left, HemisphereShape right) {
    return Architecture.bilateral(
        data.image(), left, Plasticity.FROZEN, right, Plasticity.FROZEN, data.classes());
  }

  @Override
  public Specification specification() {
    Specification specification =
        new Specification(kind(), computation)
            .add(data)
            .add("left", describe(left))
            .add("right", describe(right));
    return checkpoint.describeTo(specification, "pretrained");
  }

  private static String describe(HemisphereShape shape) {
    return "%s %s %s".formatted(shape.backbone().label(), shape.width(), shape.sparsity());
  }
}
