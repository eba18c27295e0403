package org.bilateralbrain.nn;

import java.util.function.UnaryOperator;
import org.bilateralbrain.nn.layers.Convolution;
import org.bilateralbrain.nn.layers.GlobalAveragePool;
import org.bilateralbrain.nn.layers.NormReluPool;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.Layer;

/** Puts one hemisphere's layers on top of each other in a graph, each named with the hemisphere's prefix. */
final class LayerStack {

  private final GraphBuilder graph;
  private final String prefix;
  private final UnaryOperator<Layer> wrapper;
  private String top;

  /**
   * @param input the vertex that the first layer reads
   * @param wrapper applied to every layer, to freeze it for instance
   */
  LayerStack(GraphBuilder graph, String prefix, String input, UnaryOperator<Layer> wrapper) {
    this.graph = graph;
    this.prefix = prefix;
    this.top = input;
    this.wrapper = wrapper;
  }

  /** The name of the vertex added last. */
  String top() {
    return top;
  }

  LayerStack convolution(String name, int kernelSize, int channels) {
    return layer(name, Convolution.of(kernelSize, channels));
  }

  LayerStack normReluPool(String name, double decay, int poolSize) {
    return layer(name, NormReluPool.of(decay, poolSize));
  }

  LayerStack globalAveragePool(String name) {
    return layer(name, new GlobalAveragePool());
  }

  /** Adds the output of an earlier vertex to the top. */
  LayerStack add(String name, String earlier) {
    graph.addVertex(prefix + name, new ElementWiseVertex(ElementWiseVertex.Op.Add), earlier, top);
    top = prefix + name;
    return this;
  }

  private LayerStack layer(String name, Layer layer) {
    graph.addLayer(prefix + name, wrapper.apply(layer), top);
    top = prefix + name;
    return this;
  }
}
