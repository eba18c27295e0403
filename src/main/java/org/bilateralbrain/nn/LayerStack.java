package org.bilateralbrain.nn;

import org.bilateralbrain.nn.layers.Convolution;
import org.bilateralbrain.nn.layers.GlobalAveragePool;
import org.bilateralbrain.nn.layers.KWinners;
import org.bilateralbrain.nn.layers.LoopDropout;
import org.bilateralbrain.nn.layers.NormReluPool;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.nd4j.linalg.activations.Activation;

/**
 * Puts one hemisphere's layers on top of each other in a graph, each named with the hemisphere's
 * prefix.
 */
final class LayerStack {

  private final GraphBuilder graph;
  private final String prefix;
  private final Plasticity plasticity;
  private final Sparsity sparsity;
  private final String input;
  private String top;

  /**
   * @param input the network's input, which the first layer reads
   * @param sparsity of what comes out of each convolution
   */
  LayerStack(
      GraphBuilder graph, String prefix, String input, Plasticity plasticity, Sparsity sparsity) {
    this.graph = graph;
    this.prefix = prefix;
    this.input = input;
    this.top = input;
    this.plasticity = plasticity;
    this.sparsity = sparsity;
  }

  /** The name of the vertex added last. */
  String top() {
    return top;
  }

  /** Goes on from an earlier vertex, for a branch. */
  LayerStack from(String vertex) {
    top = vertex;
    return this;
  }

  /** A convolution, followed by its k-winners if the hemisphere is sparse. */
  LayerStack convolution(String name, Convolution convolution) {
    layer(name, top.equals(input) ? convolution.atNetworkInput() : convolution);
    return sparsity.none()
        ? this
        : layer(
            name + "-winners", KWinners.of(sparsity.k(), sparsity.ofBatch(), sparsity.testing()));
  }

  LayerStack normReluPool(String name, double decay, int poolSize) {
    return layer(name, NormReluPool.of(decay, poolSize));
  }

  LayerStack norm(String name, double decay) {
    return layer(name, NormReluPool.withoutReluAndPool(decay));
  }

  LayerStack relu(String name) {
    return layer(name, new ActivationLayer(Activation.RELU));
  }

  LayerStack maxPool(String name, int size) {
    return layer(
        name,
        new SubsamplingLayer.Builder(
                SubsamplingLayer.PoolingType.MAX, new int[] {size, size}, new int[] {size, size})
            .dataFormat(CNN2DFormat.NHWC)
            .build());
  }

  LayerStack globalAveragePool(String name) {
    return layer(name, new GlobalAveragePool());
  }

  /** A vector in which each channel's mean stands so many times. */
  LayerStack repeatedGlobalAveragePool(String name, int copies) {
    return layer(name, new GlobalAveragePool(copies));
  }

  /** Of each channel the highest value. */
  LayerStack globalMaxPool(String name) {
    return layer(
        name, new GlobalPoolingLayer.Builder(PoolingType.MAX).poolingDimensions(1, 2).build());
  }

  LayerStack linearRelu(String name, int outputs) {
    return layer(name, new DenseLayer.Builder().nOut(outputs).activation(Activation.RELU).build());
  }

  LayerStack dropout(String name, double dropped) {
    return layer(name, new DropoutLayer.Builder(new LoopDropout(1 - dropped)).build());
  }

  /** Adds the output of an earlier vertex to the top. */
  LayerStack add(String name, String earlier) {
    GraphVertex sum = new ElementWiseVertex(ElementWiseVertex.Op.Add);
    graph.addVertex(
        prefix + name, plasticity == Plasticity.FROZEN ? new FrozenVertex(sum) : sum, earlier, top);
    top = prefix + name;
    return this;
  }

  private LayerStack layer(String name, Layer layer) {
    graph.addLayer(
        prefix + name, plasticity == Plasticity.FROZEN ? new FrozenLayer(layer) : layer, top);
    top = prefix + name;
    return this;
  }
}
