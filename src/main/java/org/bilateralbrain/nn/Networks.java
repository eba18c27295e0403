package org.bilateralbrain.nn;

import java.util.EnumMap;
import java.util.Map;
import org.bilateralbrain.nn.layers.CrossEntropy;
import org.bilateralbrain.nn.layers.LoopDropout;
import org.bilateralbrain.nn.layers.NormReluPool;
import org.bilateralbrain.nn.layers.PyTorchAdam;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

/**
 * The macro-architectures. Networks on images read (batch, height, width, channels) floats from an
 * input named {@code image} and have an output for each head, named {@code fine} or {@code coarse},
 * that gives class probabilities; where there are two, they come in this order.
 */
public final class Networks {

  /** The vertex whose output is the vector of features that the heads read. */
  public static final String FEATURES = "features";

  private static final String IMAGE = "image";

  private Networks() {}

  /** One hemisphere with the given heads (each with its number of classes), ready to be trained. */
  public static ComputationGraph unilateral(
      ImageShape images,
      HemisphereShape shape,
      Map<Head, Integer> classes,
      Hyperparameters hyperparameters,
      long seed) {
    GraphBuilder graph = graph(hyperparameters).addInputs(IMAGE).setInputTypes(images.inputType());
    LayerStack layers = new LayerStack(graph, "", IMAGE, Plasticity.TRAINED, shape.sparsity());
    shape.backbone().stack(layers, shape.width());
    graph.addVertex(FEATURES, new MergeVertex(), layers.top());
    addHeads(graph, classes, hyperparameters);
    return initialised(graph, seed);
  }

  /** Linear heads alone, on vectors of features (batch, features), ready to be trained. */
  public static ComputationGraph heads(
      int features, Map<Head, Integer> classes, Hyperparameters hyperparameters, long seed) {
    GraphBuilder graph =
        graph(hyperparameters).addInputs(FEATURES).setInputTypes(InputType.feedForward(features));
    addHeads(graph, classes, hyperparameters);
    return initialised(graph, seed);
  }

  /**
   * Two hemispheres whose features, left before right, are joined under the heads; with random
   * weights but for frozen hemispheres, which wait for {@link #transplant}.
   */
  public static ComputationGraph bilateral(
      ImageShape images,
      HemisphereShape left,
      Plasticity leftPlasticity,
      HemisphereShape right,
      Plasticity rightPlasticity,
      Map<Head, Integer> classes,
      Hyperparameters hyperparameters,
      long seed) {
    GraphBuilder graph = graph(hyperparameters).addInputs(IMAGE).setInputTypes(images.inputType());
    LayerStack leftLayers =
        new LayerStack(graph, Place.LEFT.prefix, IMAGE, leftPlasticity, left.sparsity());
    left.backbone().stack(leftLayers, left.width());
    LayerStack rightLayers =
        new LayerStack(graph, Place.RIGHT.prefix, IMAGE, rightPlasticity, right.sparsity());
    right.backbone().stack(rightLayers, right.width());
    graph.addVertex(FEATURES, new MergeVertex(), leftLayers.top(), rightLayers.top());
    addHeads(graph, classes, hyperparameters);
    return initialised(graph, seed);
  }

  /** A part of a bilateral network. */
  public enum Place {
    LEFT("left-"),
    RIGHT("right-"),
    HEADS("");

    private final String prefix;

    Place(String prefix) {
      this.prefix = prefix;
    }
  }

  /**
   * Copies the parameters of a network's layers to those of the same name at a place in a bilateral
   * one.
   */
  public static void transplant(ComputationGraph source, ComputationGraph bilateral, Place place) {
    copyParameters(source, bilateral, place.prefix);
  }

  /**
   * From now on the network's outputs are logits, what the heads compute before softmax. For
   * testing alone.
   */
  public static void giveLogits(ComputationGraph network) {
    for (String head : network.getConfiguration().getNetworkOutputs()) {
      OutputLayer layer = (OutputLayer) network.getLayer(head).conf().getLayer();
      layer.setActivationFn(new ActivationIdentity());
    }
  }

  /** What the heads read, in testing mode. */
  public static INDArray featuresOf(ComputationGraph network, INDArray images) {
    Map<String, INDArray> activations = network.feedForward(images, false);
    INDArray features = activations.get(FEATURES).dup('c');
    // Hundreds of megabytes that the collector of Java's heap would not see.
    activations.values().stream()
        .filter(activation -> activation != images && activation.closeable())
        .forEach(INDArray::close);
    return features;
  }

  /**
   * A trained hemisphere without its head: images in, vectors of features out. For testing mode
   * only.
   */
  public static ComputationGraph features(
      ImageShape images, HemisphereShape shape, ComputationGraph trained) {
    GraphBuilder graph =
        new NeuralNetConfiguration.Builder()
            .dataType(Nd4j.defaultFloatingPointType())
            .updater(new NoOp())
            .graphBuilder();
    graph.addInputs(IMAGE).setInputTypes(images.inputType());
    LayerStack layers = new LayerStack(graph, "", IMAGE, Plasticity.TRAINED, shape.sparsity());
    shape.backbone().stack(layers, shape.width());
    graph.setOutputs(layers.top());
    ComputationGraph features = new ComputationGraph(graph.build());
    features.init();
    copyParameters(trained, features, "");
    return features;
  }

  /** The number of parameters, frozen ones included; running statistics are none. */
  public static long parameters(ComputationGraph network) {
    long parameters = 0;
    for (org.deeplearning4j.nn.api.Layer layer : network.getLayers()) {
      for (Map.Entry<String, INDArray> parameter : layer.paramTable().entrySet()) {
        if (!NormReluPool.isRunningStatistic(parameter.getKey())) {
          parameters += parameter.getValue().length();
        }
      }
    }
    return parameters;
  }

  private static GraphBuilder graph(Hyperparameters hyperparameters) {
    return new NeuralNetConfiguration.Builder()
        .dataType(Nd4j.defaultFloatingPointType())
        .updater(new PyTorchAdam(hyperparameters.learningRate()))
        .l2(hyperparameters.weightDecay())
        .l2Bias(hyperparameters.weightDecay())
        .activation(Activation.IDENTITY)
        .graphBuilder();
  }

  private static void addHeads(
      GraphBuilder graph, Map<Head, Integer> classes, Hyperparameters hyperparameters) {
    Map<Head, Integer> inOrder = new EnumMap<>(classes);
    inOrder.forEach(
        (head, n) -> graph.addLayer(head.label(), head(n, hyperparameters.dropout()), FEATURES));
    graph.setOutputs(inOrder.keySet().stream().map(Head::label).toArray(String[]::new));
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

  private static ComputationGraph initialised(GraphBuilder graph, long seed) {
    ComputationGraph network = new ComputationGraph(graph.build());
    network.init();
    return Initialisation.initialise(network, seed);
  }

  /** Copies every layer that exists under its name, with the prefix before it, in the target. */
  private static void copyParameters(
      ComputationGraph source, ComputationGraph target, String prefix) {
    for (org.deeplearning4j.nn.api.Layer layer : source.getLayers()) {
      String copy = prefix + layer.conf().getLayer().getLayerName();
      if (target.getConfiguration().getVertices().containsKey(copy)) {
        for (Map.Entry<String, INDArray> parameter : layer.paramTable().entrySet()) {
          target.getLayer(copy).getParam(parameter.getKey()).assign(parameter.getValue());
        }
      }
    }
  }

  /** Height, width and channels of the images that a network reads. */
  public record ImageShape(int height, int width, int channels) {
    InputType inputType() {
      return InputType.convolutional(height, width, channels, CNN2DFormat.NHWC);
    }
  }
}
