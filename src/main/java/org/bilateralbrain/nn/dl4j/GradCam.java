package org.bilateralbrain.nn.dl4j;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Network.ClassMap;
import org.bilateralbrain.nn.Shape;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Which parts of an image support a network's answer: Grad-CAM (Selvaraju et al., arXiv:1610.02391,
 * equations 1 and 2).
 */
final class GradCam implements AutoCloseable {

  private final Architecture architecture;
  private final ComputationGraph training;
  private final INDArray image;
  private final Map<String, INDArray> activations;
  private final LogitGradient gradient;

  /**
   * @param image normalised, (1, height, width, channels)
   */
  GradCam(
      Architecture architecture,
      ComputationGraph training,
      ComputationGraph features,
      ConvolutionForm convolutions,
      INDArray image) {
    this.architecture = architecture;
    this.training = training;
    this.image = image;
    this.activations = features.feedForward(image, false);
    this.gradient = new LogitGradient(architecture, training, convolutions, activations);
  }

  /** One map per layer. */
  List<ClassMap> maps(List<String> layers, Head head, int target) {
    Map<String, double[]> gradients = gradients(layers, head, target);
    return layers.stream()
        .map(
            layer ->
                weighted(
                    architecture.output(layer),
                    ParameterTensors.values(Objects.requireNonNull(activations.get(layer))),
                    Objects.requireNonNull(gradients.get(layer))))
        .toList();
  }

  /** Of a class's logit with respect to the layers' outputs. */
  Map<String, double[]> gradients(List<String> layers, Head head, int target) {
    layers.forEach(architecture::layer); // fails if there is no such layer
    return gradient.of(atTops(head, target), layers);
  }

  /** Every layer's output, by name. */
  Map<String, INDArray> activations() {
    return activations;
  }

  /** A head is linear: the gradient of a logit is a row of its weights. */
  private Map<String, double[]> atTops(Head head, int target) {
    float[] row =
        training
            .getLayer(head.label())
            .getParam(ParameterTensors.LINEAR_WEIGHTS)
            .getColumn(target)
            .toFloatVector();
    Map<String, double[]> atTops = new HashMap<>();
    int from = 0;
    for (String top : architecture.tops()) {
      double[] part = new double[Math.toIntExact(architecture.output(top).values())];
      for (int k = 0; k < part.length; k++) {
        part[k] = row[from++];
      }
      atTops.put(top, part);
    }
    return atTops;
  }

  /** The sum over channels of each map times the mean of its gradient. */
  private static ClassMap weighted(Shape shape, float[] maps, double[] gradient) {
    int channels = shape.channels();
    int pixels = maps.length / channels;
    double[] weights = new double[channels];
    for (int i = 0; i < gradient.length; i++) {
      weights[i % channels] += gradient[i] / pixels;
    }
    float[] sum = new float[pixels];
    for (int pixel = 0; pixel < pixels; pixel++) {
      double value = 0;
      for (int channel = 0; channel < channels; channel++) {
        value += weights[channel] * maps[pixel * channels + channel];
      }
      sum[pixel] = (float) value;
    }
    return new ClassMap(shape.height(), shape.width(), sum);
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
