package org.bilateralbrain.analysis;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Networks;
import org.bilateralbrain.nn.layers.GlobalAveragePool;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Where in an image a network looks for its answer: Grad-CAM (Selvaraju et al., arXiv:1610.02391,
 * equations 1 and 2) on the maps that a hemisphere's last pooling reads.
 *
 * <p>A map's weight is the mean over its pixels of the answer's gradient. Whether pooling takes a
 * map's mean or its highest value, the gradients of all pixels add up to that of the pooled value,
 * so that the weight is that one over the number of pixels; and from there to the answer there are
 * linear layers alone, with ReLU between them.
 */
final class GradCam implements AutoCloseable {

  private final ComputationGraph network;
  private final INDArray image;
  private final Map<String, INDArray> activations;

  /**
   * @param image normalised (1, height, width, channels)
   */
  GradCam(ComputationGraph network, INDArray image) {
    this.network = network;
    this.image = image;
    this.activations = network.feedForward(image, false);
  }

  /**
   * How much each place speaks for an answer; all hemispheres that the head reads together.
   *
   * @return (size, size), rectified
   */
  SaliencyMap of(Head head, int answer, int size) {
    float[] gradient = LinearHead.of(network, head).weights().getColumn(answer).toFloatVector();
    SaliencyMap sum = SaliencyMap.empty(size);
    int from = 0;
    for (String top : inputs(Networks.FEATURES)) {
      int to = from + (int) activations.get(top).columns();
      LastMaps last = lastMaps(top, Arrays.copyOfRange(gradient, from, to));
      sum =
          sum.plus(
              SaliencyMap.weighted(activations.get(last.vertex()), last.gradients()).resized(size));
      from = to;
    }
    return sum.rectified();
  }

  /**
   * What a hemisphere's last pooling reads.
   *
   * @param gradients of the answer by the pooled value of each map
   */
  record LastMaps(String vertex, float[] gradients) {}

  /** Walks down from a hemisphere's features to its last maps. */
  LastMaps lastMaps(String top, float[] gradientAtTop) {
    String vertex = top;
    float[] gradient = gradientAtTop;
    while (true) {
      Layer layer = layer(vertex);
      String input = inputs(vertex).get(0);
      if (layer instanceof GlobalAveragePool) {
        return new LastMaps(input, sumOverCopies(gradient, activations.get(input).size(3)));
      }
      if (layer instanceof GlobalPoolingLayer) {
        return new LastMaps(input, gradient);
      }
      if (layer instanceof DenseLayer) {
        gradient = throughRelu(vertex, gradient);
      } else if (!(layer instanceof DropoutLayer)) {
        throw new IllegalStateException(
            "Between pooling and heads there is a layer of an unknown kind: " + vertex);
      }
      vertex = input;
    }
  }

  private float[] throughRelu(String vertex, float[] gradient) {
    float[] outputs = activations.get(vertex).toFloatVector();
    float[] passed = gradient.clone();
    for (int k = 0; k < passed.length; k++) {
      passed[k] = outputs[k] > 0 ? passed[k] : 0;
    }
    INDArray weights = network.getLayer(vertex).getParam("W");
    return weights.mmul(Nd4j.createFromArray(passed)).toFloatVector();
  }

  private static float[] sumOverCopies(float[] gradient, long channels) {
    float[] sums = new float[(int) channels];
    int copies = gradient.length / sums.length;
    for (int k = 0; k < gradient.length; k++) {
      sums[k / copies] += gradient[k];
    }
    return sums;
  }

  /** Every layer's output is outside of Java's heap. */
  @Override
  public void close() {
    activations.values().stream()
        .filter(each -> each != image && each.closeable())
        .forEach(INDArray::close);
  }

  private List<String> inputs(String vertex) {
    return network.getConfiguration().getVertexInputs().get(vertex);
  }

  private Layer layer(String vertex) {
    Layer layer = network.getLayer(vertex).conf().getLayer();
    return layer instanceof FrozenLayer frozen ? frozen.getLayer() : layer;
  }
}
