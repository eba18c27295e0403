package org.bilateralbrain.nn;

import java.util.List;

/**
 * A tensor that a layer owns.
 *
 * @param name in PyTorch's state dictionary, the network's prefix included
 * @param shape as PyTorch has it: kernels (out, in, height, width), linear weights (out, in),
 *     everything else a vector
 * @param fanIn how many inputs one output value is made of; random starting values depend on it
 */
public record Parameter(String name, List<Integer> shape, Kind kind, int fanIn) {

  /** What a parameter is for, from which follow how it starts and whether it is trained. */
  public enum Kind {
    WEIGHT,
    BIAS,
    /** Batch norm's factor. */
    GAMMA,
    /** Batch norm's addend. */
    BETA,
    RUNNING_MEAN,
    RUNNING_VARIANCE;

    /** Running statistics follow the batches instead of being trained. */
    public boolean isTrained() {
      return this != RUNNING_MEAN && this != RUNNING_VARIANCE;
    }
  }

  public int count() {
    return Math.toIntExact(
        shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact));
  }
}
