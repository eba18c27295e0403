package org.bilateralbrain.nn;

import java.util.List;
import org.bilateralbrain.nn.InitialValues.Distribution;

/**
 * A tensor that a layer owns.
 *
 * @param name in PyTorch's state dict, including the network's prefix
 * @param shape as PyTorch has it: kernels (out, in, height, width), linear weights (out, in),
 *     everything else a vector
 * @param start what its initial values are drawn from
 */
public record Parameter(String name, List<Integer> shape, Kind kind, Distribution start) {

  /** A parameter's role. */
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

    /** One value per output, to which weight decay is often not applied. */
    public boolean isNormOrBias() {
      return this == BIAS || this == GAMMA || this == BETA;
    }
  }

  /** The number of values. */
  public int count() {
    return Math.toIntExact(
        shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact));
  }
}
