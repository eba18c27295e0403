package org.bilateralbrain.nn.dl4j;

import java.util.List;
import java.util.Map;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Layer;
import org.bilateralbrain.nn.Operation;
import org.bilateralbrain.nn.Shape;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/**
 * Builds DL4J graphs from architectures. Vertices have the layers' names; heads are outputs named
 * {@code fine} and {@code coarse}, in this order, that give class probabilities.
 */
final class Graphs {

  private static final String FEATURES = "features";

  private Graphs() {}

  /** The whole network with its heads, for training. */
  static ComputationGraph training(Architecture architecture, Hyperparameters hyperparameters) {
    GraphBuilder graph = body(architecture, architecture.layers());
    String features = Architecture.INPUT;
    if (architecture.readsImages()) {
      graph.addVertex(FEATURES, new MergeVertex(), architecture.tops().toArray(String[]::new));
      features = FEATURES;
    }
    for (Map.Entry<Head, Integer> head : architecture.classes().entrySet()) {
      graph.addLayer(
          head.getKey().label(), head(head.getValue(), hyperparameters.dropout()), features);
    }
    graph.setOutputs(architecture.heads().stream().map(Head::label).toArray(String[]::new));
    return initialised(graph);
  }

  /**
   * The layers without the heads and without dropout; the hemispheres' features are the outputs.
   * Parameters are not initialised.
   */
  static ComputationGraph features(Architecture architecture) {
    List<Layer> layers = architecture.layers().stream().map(Layer::withoutDropout).toList();
    GraphBuilder graph = body(architecture, layers);
    graph.setOutputs(architecture.tops().toArray(String[]::new));
    return new ComputationGraph(graph.build());
  }

  private static ComputationGraph initialised(GraphBuilder graph) {
    ComputationGraph network = new ComputationGraph(graph.build());
    network.init();
    return network;
  }

  private static GraphBuilder body(Architecture architecture, List<Layer> layers) {
    GraphBuilder graph =
        new NeuralNetConfiguration.Builder()
            .dataType(Nd4j.defaultFloatingPointType())
            .seed(0) // unused, but part of exported networks
            .updater(new Adam()) // unused, but part of exported networks
            .activation(Activation.IDENTITY)
            .graphBuilder()
            .addInputs(Architecture.INPUT)
            .setInputTypes(inputType(architecture));
    layers.forEach(layer -> add(graph, layer));
    return graph;
  }

  private static InputType inputType(Architecture architecture) {
    Shape input = architecture.input();
    return architecture.readsImages()
        ? InputType.convolutional(input.height(), input.width(), input.channels(), CNN2DFormat.NHWC)
        : InputType.feedForward(input.channels());
  }

  private static void add(GraphBuilder graph, Layer layer) {
    String[] inputs = layer.inputs().toArray(String[]::new);
    if (layer.operation() instanceof Operation.Sum) {
      GraphVertex sum = new ElementWiseVertex(ElementWiseVertex.Op.Add);
      graph.addVertex(layer.name(), layer.isFrozen() ? new FrozenVertex(sum) : sum, inputs);
    } else {
      var configuration = configuration(layer);
      graph.addLayer(
          layer.name(), layer.isFrozen() ? new FrozenLayer(configuration) : configuration, inputs);
    }
  }

  private static org.deeplearning4j.nn.conf.layers.Layer configuration(Layer layer) {
    Operation operation = layer.operation();
    if (operation instanceof Operation.Convolution convolution) {
      return Convolution.of(convolution, layer.inputs().equals(List.of(Architecture.INPUT)));
    }
    if (operation instanceof Operation.KWinners winners) {
      return KWinners.of(winners.sparsity());
    }
    if (operation instanceof Operation.NormReluPool norm) {
      return NormReluPool.of(norm);
    }
    if (operation instanceof Operation.Relu) {
      return new ActivationLayer(Activation.RELU);
    }
    if (operation instanceof Operation.MaxPool pool) {
      int[] size = {pool.size(), pool.size()};
      return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX, size, size)
          .dataFormat(CNN2DFormat.NHWC)
          .build();
    }
    if (operation instanceof Operation.GlobalAveragePool pool) {
      return new GlobalAveragePool(pool.copies());
    }
    if (operation instanceof Operation.GlobalMaxPool) {
      return new GlobalPoolingLayer.Builder(PoolingType.MAX).poolingDimensions(1, 2).build();
    }
    if (operation instanceof Operation.Linear linear) {
      return new DenseLayer.Builder()
          .nOut(linear.outputs())
          .activation(linear.rectified() ? Activation.RELU : Activation.IDENTITY)
          .build();
    }
    if (operation instanceof Operation.Dropout dropout) {
      return dropout.dropped() == 0
          ? new DropoutLayer.Builder().build()
          : new DropoutLayer.Builder(new LoopDropout(1 - dropout.dropped())).build();
    }
    throw new IllegalArgumentException("No DL4J layer for " + operation);
  }

  /** Dropout, one linear layer, softmax and cross-entropy. */
  private static OutputLayer head(int classes, double dropout) {
    OutputLayer.Builder head =
        new OutputLayer.Builder(new CrossEntropy()).activation(Activation.SOFTMAX).nOut(classes);
    if (dropout > 0) {
      head.dropOut(new LoopDropout(1 - dropout));
    }
    return head.build();
  }
}
