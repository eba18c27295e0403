package org.bilateralbrain.grid;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.bilateralbrain.config.TrainingSettings;
import org.bilateralbrain.nn.HemisphereShape;

/** Trains a bilateral network of which at least one hemisphere learns along with the heads. */
public record EndToEndJob(DataKey data, Side left, Side right, TrainingSettings training, long seed)
    implements Job {

  /** One hemisphere at the start of the training. */
  public sealed interface Side extends Serializable {
    HemisphereShape shape();

    /** With random weights; it learns. */
    record Fresh(HemisphereShape shape) implements Side {}

    /** With the weights of a specialised hemisphere, from where it goes on learning. */
    record Plastic(Hemisphere hemisphere) implements Side {
      @Override
      public HemisphereShape shape() {
        return hemisphere.shape();
      }
    }

    /** A specialised hemisphere that stays as it is. */
    record Frozen(Hemisphere hemisphere) implements Side {
      @Override
      public HemisphereShape shape() {
        return hemisphere.shape();
      }
    }
  }

  @Override
  public String kind() {
    return "bilateral";
  }

  @Override
  public List<Job> parents() {
    List<Job> parents = new ArrayList<>();
    for (Side side : List.of(left, right)) {
      if (side instanceof Side.Plastic plastic) {
        parents.add(plastic.hemisphere());
      } else if (side instanceof Side.Frozen frozen) {
        parents.add(frozen.hemisphere());
      }
    }
    return parents;
  }

  @Override
  public String title() {
    return "bilateral network, %s + %s, trained as a whole, seed %s"
        .formatted(left.shape().title(), right.shape().title(), seed);
  }

  @Override
  public double work() {
    double work = 0;
    for (Side side : List.of(left, right)) {
      double width = side.shape().width();
      work += width * width * (side instanceof Side.Frozen ? 1 : 3);
    }
    return work * training.epochs();
  }

  @Override
  public Specification specification() {
    return new Specification(kind())
        .add(Specification.SEED, seed)
        .add(data)
        .add("left", describe(left))
        .add("right", describe(right))
        .add(training);
  }

  private static String describe(Side side) {
    if (side instanceof Side.Plastic plastic) {
      return "plastic " + plastic.hemisphere().id();
    }
    if (side instanceof Side.Frozen frozen) {
      return "frozen " + frozen.hemisphere().id();
    }
    HemisphereShape shape = side.shape();
    return "fresh %s %s %s".formatted(shape.backbone().label(), shape.width(), shape.sparsity());
  }
}
