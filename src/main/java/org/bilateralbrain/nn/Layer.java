package org.bilateralbrain.nn;

import java.util.List;

/**
 * A layer in its place.
 *
 * @param name PyTorch's path of the module, the network's prefix included; where PyTorch has no
 *     module, a name of ours
 * @param inputs names of the layers that it reads, or {@link Architecture#INPUT}
 * @param input what it reads; of a sum, each of the two
 * @param plasticity whether it is trained; a frozen layer always works as in testing
 */
public record Layer(
    String name, Operation operation, List<String> inputs, Shape input, Plasticity plasticity) {

  public Shape output() {
    return operation.output(input);
  }

  public List<Parameter> parameters() {
    return operation.parameters(name, input);
  }

  public boolean isFrozen() {
    return plasticity == Plasticity.FROZEN;
  }

  /** Whether a hemisphere learns. */
  public enum Plasticity {
    TRAINED,
    /** Always in testing mode; gradients stop above it. */
    FROZEN
  }
}
