package org.bilateralbrain.nn;

import java.util.List;

/**
 * An operation at its position in a network.
 *
 * @param name PyTorch's module path, including the network's prefix; our own name where PyTorch has
 *     no module
 * @param inputs names of the layers it reads, or {@link Architecture#INPUT}
 * @param input shape of what it reads; for a sum, of each of the two inputs
 * @param plasticity whether it is trained
 */
public record Layer(
    String name, Operation operation, List<String> inputs, Shape input, Plasticity plasticity) {

  public Shape output() {
    return operation.output(input);
  }

  public List<Parameter> parameters() {
    return operation.parameters(name, input);
  }

  Layer with(Operation other) {
    return new Layer(name, other, inputs, input, plasticity);
  }

  /** The same layer, or one that drops nothing in its place. */
  public Layer withoutDropout() {
    return operation instanceof Operation.Dropout ? with(new Operation.Dropout(0)) : this;
  }

  public boolean isFrozen() {
    return plasticity == Plasticity.FROZEN;
  }

  /** Whether a hemisphere is trained. */
  public enum Plasticity {
    TRAINED,
    /** Always in evaluation mode; gradients don't flow into it. */
    FROZEN
  }
}
