package org.bilateralbrain.nn;

import java.util.List;

/**
 * A tensor that a layer owns.
 *
 * @param name in PyTorch's state dict, including the network's prefix
 * @param shape as PyTorch has it: kernels (out, in, height, width), linear weights (out, in),
 *     everything else a vector
 * @param fanIn number of inputs per output value, on which random initial values depend; 0 where
 *     there are none
 */
public record Parameter(String name, List<Integer> shape, Kind kind, int fanIn) {

  /** A parameter's role, which determines its initial values and whether it is trained. */
  public enum Kind {
    WEIGHT,
    BIAS,
    /** Batch norm's scale. */
    GAMMA,
    /** Batch norm's shift. */
    BETA,
    RUNNING_MEAN,
    RUNNING_VARIANCE;

    /** Running statistics follow the batches instead of being trained. */
    public boolean isTrained() {
      return this != RUNNING_MEAN && this != RUNNING_VARIANCE;
    }
  }

  /** The number of values. */
  public int count() {
    return Math.toIntExact(
        shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact));
  }
}
