package org.bilateralbrain.grid;

import java.util.List;
import org.bilateralbrain.config.Parallelism;
import org.bilateralbrain.config.TrainingSettings;
import org.bilateralbrain.data.Streams;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Computation;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;
import org.jspecify.annotations.Nullable;

/**
 * Trains one hemisphere with a head for each kind of label.
 *
 * @param side where it is in a bilateral network; its random streams depend on it, so that two
 *     hemispheres of one seed are independent even if they learn the same labels
 * @param startFrom a hemisphere with the same heads that is trained further; null for random
 *     weights
 */
public record HemisphereJob(
    DataKey data,
    Computation computation,
    List<Head> heads,
    HemisphereShape shape,
    TrainingSettings training,
    Parallelism parallelism,
    Architecture.Side side,
    Randomness randomness,
    @Nullable Checkpoint startFrom)
    implements Hemisphere {

  /** Starts from random weights. */
  public HemisphereJob(
      DataKey data,
      Computation computation,
      List<Head> heads,
      HemisphereShape shape,
      TrainingSettings training,
      Parallelism parallelism,
      Architecture.Side side,
      Randomness randomness) {
    this(data, computation, heads, shape, training, parallelism, side, randomness, null);
  }

  /** Whether it needs the whole cluster. */
  @Override
  public boolean isDistributed() {
    return parallelism instanceof Parallelism.OfData;
  }

  @Override
  public int workers() {
    return parallelism instanceof Parallelism.OfData data ? data.workers() : 1;
  }

  @Override
  public String title() {
    return "%s hemisphere, %s, %s%s"
        .formatted(
            labels(),
            shape.title(),
            startFrom == null ? "" : "trained further, ",
            randomness.title());
  }

  @Override
  public long seed() {
    return randomness.seed();
  }

  public Streams streams() {
    return randomness.streams("%s hemisphere, %s".formatted(labels(), side));
  }

  @Override
  public double work() {
    return training.epochs() * architecture().trainingCost() * data.rule().trainShare();
  }

  @Override
  public Specification specification() {
    Specification specification =
        new Specification(kind(), computation)
            .add(randomness)
            .add(data)
            .add("labels", labels())
            .add("side", side)
            .add(shape)
            .add(training);
    if (startFrom != null) {
      startFrom.describeTo(specification, "start-from");
    }
    return isDistributed() ? specification.add("parallelism", parallelism) : specification;
  }
}
