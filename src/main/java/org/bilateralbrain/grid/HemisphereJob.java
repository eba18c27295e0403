package org.bilateralbrain.grid;

import java.util.List;
import org.bilateralbrain.config.Parallelism;
import org.bilateralbrain.config.TrainingSettings;
import org.bilateralbrain.nn.Computation;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;

/** Trains one hemisphere with a head for each kind of label. */
public record HemisphereJob(
    DataKey data,
    Computation computation,
    List<Head> heads,
    HemisphereShape shape,
    TrainingSettings training,
    Parallelism parallelism,
    long seed)
    implements Hemisphere {

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
    return "%s hemisphere, %s, seed %s".formatted(labels(), shape.title(), seed);
  }

  @Override
  public double work() {
    return training.epochs() * architecture().trainingCost() * data.rule().trainShare();
  }

  @Override
  public Specification specification() {
    Specification specification =
        new Specification(kind(), computation)
            .add(Specification.SEED, seed)
            .add(data)
            .add("labels", labels())
            .add(shape)
            .add(training);
    return isDistributed() ? specification.add("parallelism", parallelism) : specification;
  }
}
