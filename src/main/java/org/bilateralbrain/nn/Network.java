package org.bilateralbrain.nn;

import java.io.Serializable;
import java.util.List;

/**
 * A network that an engine runs. For one thread at a time. Its memory is outside of Java's heap
 * until it is closed.
 */
public interface Network extends AutoCloseable {

  Architecture architecture();

  /** A copy of all parameters. */
  Weights weights();

  /**
   * Takes over weights; the optimiser stays as it is.
   *
   * @throws IllegalArgumentException if they are not the architecture's
   */
  void load(Weights weights);

  /** Begins an epoch: the mean loss is anew, and the choices of dropout follow from the seed. */
  void startEpoch(long seed);

  /** Trains on some examples: forward, back, and a step of the optimiser. */
  void step(Examples examples);

  /**
   * Mean over the epoch's examples so far: cross-entropy before each step, summed over heads,
   * without weight decay.
   */
  double meanLoss();

  /** In testing mode; leaves nothing behind. */
  Prediction predict(Examples examples);

  /**
   * Grad-CAM (Selvaraju et al., arXiv:1610.02391, equations 1 and 2, without the final ReLU) on the
   * maps that each hemisphere's last pooling reads.
   *
   * @param image a single one
   * @return a map for each hemisphere, left before right
   */
  List<ClassMap> gradCam(Examples image, Head head, int target);

  /** Copies weights and optimiser. */
  Snapshot snapshot();

  /** Goes back to a snapshot of a network of the same architecture on the same engine. */
  void restore(Snapshot snapshot);

  @Override
  void close();

  /**
   * How much each place of a hemisphere's last maps speaks for a class; below zero against it.
   *
   * @param values row by row
   */
  record ClassMap(int height, int width, float[] values) {}

  /**
   * Everything that the rest of a training depends on, but for the random numbers, which follow
   * from seeds.
   *
   * @param optimiser its moments, in the engine's own order
   * @param step how many steps were taken; bias corrections depend on it
   */
  record Snapshot(Weights weights, float[] optimiser, int step) implements Serializable {}
}
