package org.bilateralbrain.nn.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Layer;
import org.bilateralbrain.nn.Network.ClassMap;
import org.bilateralbrain.nn.Operation;
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

  private final Architecture architecture;
  private final ComputationGraph training;
  private final INDArray image;
  private final Map<String, INDArray> activations;

  /**
   * @param image normalised (1, height, width, channels)
   */
  GradCam(
      Architecture architecture,
      ComputationGraph training,
      ComputationGraph features,
      INDArray image) {
    this.architecture = architecture;
    this.training = training;
    this.image = image;
    this.activations = features.feedForward(image, false);
  }

  /** Every layer's output, by name. */
  Map<String, INDArray> activations() {
    return activations;
  }

  List<ClassMap> maps(Head head, int target) {
    float[] gradient = weights(head.label()).getColumn(target).toFloatVector();
    List<ClassMap> maps = new ArrayList<>();
    int from = 0;
    for (String top : architecture.tops()) {
      int to = from + activation(top).columns();
      LastMaps last = lastMaps(top, Arrays.copyOfRange(gradient, from, to));
      maps.add(weighted(activation(last.layer()), last.gradients()));
      from = to;
    }
    return maps;
  }

  /** The mean gradient of each map times the map, summed over maps. */
  private static ClassMap weighted(INDArray maps, float[] gradients) {
    float[] all = ParameterTensors.values(maps);
    float[] sum = new float[all.length / gradients.length];
    for (int pixel = 0; pixel < sum.length; pixel++) {
      double value = 0;
      for (int channel = 0; channel < gradients.length; channel++) {
        value += (double) gradients[channel] * all[pixel * gradients.length + channel];
      }
      sum[pixel] = (float) (value / sum.length);
    }
    return new ClassMap((int) maps.size(1), (int) maps.size(2), sum);
  }

  /**
   * What a hemisphere's last pooling reads.
   *
   * @param gradients of the answer by the pooled value of each map
   */
  record LastMaps(String layer, float[] gradients) {}

  /** Walks down from a hemisphere's features to its last maps. */
  LastMaps lastMaps(String top, float[] gradientAtTop) {
    Layer layer = architecture.layer(top);
    float[] gradient = gradientAtTop;
    while (true) {
      String input = layer.inputs().get(0);
      if (layer.operation() instanceof Operation.GlobalAveragePool pool) {
        return new LastMaps(input, sumOverCopies(gradient, pool.copies()));
      }
      if (layer.operation() instanceof Operation.GlobalMaxPool) {
        return new LastMaps(input, gradient);
      }
      if (layer.operation() instanceof Operation.Linear) {
        gradient = throughLinear(layer.name(), gradient);
      } else if (!(layer.operation() instanceof Operation.Dropout)) {
        throw new IllegalStateException(
            "Grad-CAM knows no way from the heads to the last pooling through " + layer.name());
      }
      layer = architecture.layer(input);
    }
  }

  /** Back through the ReLU and the linear layer before it. */
  private float[] throughLinear(String layer, float[] gradient) {
    float[] outputs = activation(layer).toFloatVector();
    float[] passed = gradient.clone();
    for (int k = 0; k < passed.length; k++) {
      passed[k] = outputs[k] > 0 ? passed[k] : 0;
    }
    return weights(layer).mmul(Nd4j.createFromArray(passed)).toFloatVector();
  }

  private INDArray activation(String layer) {
    return Objects.requireNonNull(activations.get(layer));
  }

  private INDArray weights(String layer) {
    return training.getLayer(layer).getParam(ParameterTensors.LINEAR_WEIGHTS);
  }

  private static float[] sumOverCopies(float[] gradient, int copies) {
    float[] sums = new float[gradient.length / copies];
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
    image.close();
  }
}
