package org.bilateralbrain.grid;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bilateralbrain.config.TrainingSettings;
import org.bilateralbrain.data.Streams;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Computation;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Layer.Plasticity;

/** Trains a bilateral network of which at least one hemisphere learns along with the heads. */
public record EndToEndJob(
    DataKey data,
    Computation computation,
    Side left,
    Side right,
    TrainingSettings training,
    Randomness randomness)
    implements NetworkJob {

  /** One hemisphere at the start of the training. */
  public sealed interface Side extends Serializable {
    HemisphereShape shape();

    /** Whose weights it starts from; empty for random ones. */
    Optional<Hemisphere> hemisphere();

    default Plasticity plasticity() {
      return Plasticity.TRAINED;
    }

    /** With random weights; it learns. */
    record Fresh(HemisphereShape shape) implements Side {
      @Override
      public Optional<Hemisphere> hemisphere() {
        return Optional.empty();
      }
    }

    /** With the weights of a specialised hemisphere, which is trained further. */
    record Plastic(Hemisphere trained) implements Side {
      @Override
      public HemisphereShape shape() {
        return trained.shape();
      }

      @Override
      public Optional<Hemisphere> hemisphere() {
        return Optional.of(trained);
      }
    }

    /** A specialised hemisphere that stays as it is. */
    record Frozen(Hemisphere trained) implements Side {
      @Override
      public HemisphereShape shape() {
        return trained.shape();
      }

      @Override
      public Optional<Hemisphere> hemisphere() {
        return Optional.of(trained);
      }

      @Override
      public Plasticity plasticity() {
        return Plasticity.FROZEN;
      }
    }
  }

  @Override
  public String kind() {
    return "bilateral";
  }

  @Override
  public List<Job> parents() {
    return Stream.of(left, right).map(Side::hemisphere).<Job>flatMap(Optional::stream).toList();
  }

  @Override
  public String title() {
    return "bilateral network, %s + %s, trained as a whole, %s"
        .formatted(left.shape().title(), right.shape().title(), randomness.title());
  }

  public Streams streams() {
    return randomness.streams("whole network, %s + %s".formatted(labels(left), labels(right)));
  }

  private static String labels(Side side) {
    return side.hemisphere().map(Hemisphere::labels).orElse("fresh");
  }

  @Override
  public Architecture architecture() {
    return Architecture.bilateral(
        data().image(),
        left.shape(),
        left.plasticity(),
        right.shape(),
        right.plasticity(),
        data.classes());
  }

  @Override
  public double work() {
    return training.epochs() * architecture().trainingCost();
  }

  @Override
  public Specification specification() {
    return new Specification(kind(), computation)
        .add(randomness)
        .add(data)
        .add("left", describe(left))
        .add("right", describe(right))
        .add(training);
  }

  private static String describe(Side side) {
    if (side.hemisphere().isPresent()) {
      String plasticity = side.plasticity() == Plasticity.FROZEN ? "frozen" : "plastic";
      return plasticity + " " + side.hemisphere().get().id();
    }
    HemisphereShape shape = side.shape();
    return "fresh %s %s %s".formatted(shape.backbone().label(), shape.width(), shape.sparsity());
  }
}
