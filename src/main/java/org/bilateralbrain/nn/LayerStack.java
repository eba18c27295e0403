package org.bilateralbrain.nn;

import java.util.ArrayList;
import java.util.List;
import org.bilateralbrain.nn.Layer.Plasticity;

/**
 * Builds one hemisphere layer by layer, each on top of the one before. Layer names are prefixed
 * with the hemisphere's.
 */
final class LayerStack {

  private final String prefix;
  private final Plasticity plasticity;
  private final Sparsity sparsity;
  private final List<Layer> layers = new ArrayList<>();
  private final Shape image;
  private InitialValues start = InitialValues.PYTORCH;
  private String top = Architecture.INPUT;

  /**
   * @param sparsity applied to the output of each convolution
   */
  LayerStack(String prefix, Shape image, Plasticity plasticity, Sparsity sparsity) {
    this.prefix = prefix;
    this.image = image;
    this.plasticity = plasticity;
    this.sparsity = sparsity;
  }

  List<Layer> layers() {
    return layers;
  }

  /** The name of the layer added last. */
  String top() {
    return top;
  }

  /** Continues from an earlier layer, to start a branch. */
  LayerStack from(String earlier) {
    top = earlier;
    return this;
  }

  /** Changes the rules for the initial values of the layers that follow. */
  LayerStack startedAs(InitialValues rules) {
    start = rules;
    return this;
  }

  /** A convolution without bias, followed by its k-winners if the hemisphere is sparse. */
  LayerStack convolution(String name, int kernel, int channels, int stride) {
    return convolution(name, new Operation.Convolution(kernel, channels, stride, false, start));
  }

  /** A 3x3 convolution with bias, followed by its k-winners if the hemisphere is sparse. */
  LayerStack biasedConvolution(String name, int channels) {
    return convolution(name, new Operation.Convolution(3, channels, 1, true, start));
  }

  private LayerStack convolution(String name, Operation.Convolution convolution) {
    add(name, convolution);
    return sparsity.none() ? this : add(name + ".winners", new Operation.KWinners(sparsity));
  }

  LayerStack normReluPool(String name, double momentum, int pool) {
    return add(name, new Operation.NormReluPool(momentum, true, pool));
  }

  LayerStack norm(String name, double momentum) {
    return add(name, new Operation.NormReluPool(momentum, false, 1));
  }

  LayerStack relu(String name) {
    return add(name, new Operation.Relu());
  }

  LayerStack maxPool(String name, int size) {
    return add(name, new Operation.MaxPool(size));
  }

  /**
   * @param copies how often each channel's mean is repeated in the vector
   */
  LayerStack globalAveragePool(String name, int copies) {
    return add(name, new Operation.GlobalAveragePool(copies));
  }

  LayerStack globalMaxPool(String name) {
    return add(name, new Operation.GlobalMaxPool());
  }

  LayerStack linearRelu(String name, int outputs) {
    return add(name, new Operation.Linear(outputs, true, start));
  }

  LayerStack dropout(String name, double dropped) {
    return add(name, new Operation.Dropout(dropped));
  }

  /** Adds the output of an earlier layer to the top. */
  LayerStack sum(String name, String earlier) {
    return add(name, new Operation.Sum(), earlier, top);
  }

  private LayerStack add(String name, Operation operation) {
    return add(name, operation, top);
  }

  private LayerStack add(String name, Operation operation, String... inputs) {
    layers.add(
        new Layer(prefix + name, operation, List.of(inputs), outputOf(inputs[0]), plasticity));
    top = prefix + name;
    return this;
  }

  private Shape outputOf(String name) {
    for (Layer layer : layers) {
      if (layer.name().equals(name)) {
        return layer.output();
      }
    }
    return image;
  }
}
