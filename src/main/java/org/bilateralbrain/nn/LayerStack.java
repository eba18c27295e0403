package org.bilateralbrain.nn;

import org.bilateralbrain.nn.layers.Convolution;
import org.bilateralbrain.nn.layers.GlobalAveragePool;
import org.bilateralbrain.nn.layers.NormReluPool;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;

/** Puts one hemisphere's layers on top of each other in a graph, each named with the hemisphere's prefix. */
final class LayerStack {

  /** Whether a hemisphere learns. */
  enum Plasticity {
    TRAINED,
    /** Always in testing mode; gradients stop above it. */
    FROZEN
  }

  private final GraphBuilder graph;
  private final String prefix;
  private final Plasticity plasticity;
  private final String input;
  private String top;

  /**
   * @param input the network's input, which the first layer reads
   */
  LayerStack(GraphBuilder graph, String prefix, String input, Plasticity plasticity) {
    this.graph = graph;
    this.prefix = prefix;
    this.input = input;
    this.top = input;
    this.plasticity = plasticity;
  }

  /** The name of the vertex added last. */
  String top() {
    return top;
  }

  LayerStack convolution(String name, int kernelSize, int channels) {
    Convolution convolution = Convolution.of(kernelSize, channels);
    return layer(name, top.equals(input) ? convolution.atNetworkInput() : convolution);
  }

  LayerStack normReluPool(String name, double decay, int poolSize) {
    return layer(name, NormReluPool.of(decay, poolSize));
  }

  LayerStack globalAveragePool(String name) {
    return layer(name, new GlobalAveragePool());
  }

  /** Adds the output of an earlier vertex to the top. */
  LayerStack add(String name, String earlier) {
    GraphVertex sum = new ElementWiseVertex(ElementWiseVertex.Op.Add);
    graph.addVertex(prefix + name, plasticity == Plasticity.FROZEN ? new FrozenVertex(sum) : sum, earlier, top);
    top = prefix + name;
    return this;
  }

  private LayerStack layer(String name, Layer layer) {
    graph.addLayer(prefix + name, plasticity == Plasticity.FROZEN ? new FrozenLayer(layer) : layer, top);
    top = prefix + name;
    return this;
  }
}
