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
 * Which parts of an image support a network's answer: Grad-CAM (Selvaraju et al., arXiv:1610.02391,
 * equations 1 and 2) on the input maps of a hemisphere's last pooling layer.
 *
 * <p>A map's weight is the mean of the logit's gradient over its pixels. Both mean and max pooling
 * distribute the pooled value's gradient over the pixels, so the weight is that gradient divided by
 * the number of pixels. From the pooled values to the logit there are only linear layers and ReLUs.
 */
final class GradCam implements AutoCloseable {

  private final Architecture architecture;
  private final ComputationGraph training;
  private final INDArray image;
  private final Map<String, INDArray> activations;

  /**
   * @param image normalised, (1, height, width, channels)
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

  /** One map per hemisphere, left before right. */
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

  /** The sum over maps of each map times its mean gradient. */
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
   * A hemisphere's last maps, which its last pooling layer reads.
   *
   * @param layer name of the layer that outputs them
   * @param gradients of the logit with respect to each map's pooled value
   */
  record LastMaps(String layer, float[] gradients) {}

  /** Propagates a gradient from a hemisphere's features back to its last maps. */
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
            "Grad-CAM can't propagate a gradient through " + layer.name());
      }
      layer = architecture.layer(input);
    }
  }

  /** Propagates a gradient back through a ReLU and the linear layer before it. */
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

  /** Every layer's output occupies memory outside Java's heap. */
  @Override
  public void close() {
    activations.values().stream()
        .filter(each -> each != image && each.closeable())
        .forEach(INDArray::close);
    image.close();
  }
}
