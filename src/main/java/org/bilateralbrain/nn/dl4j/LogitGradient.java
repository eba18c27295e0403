package org.bilateralbrain.nn.dl4j;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Layer;
import org.bilateralbrain.nn.Operation;
import org.bilateralbrain.nn.Shape;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The gradient of a function of the features with respect to the outputs of layers, for one image
 * in evaluation mode. DL4J can't compute it: its backward pass normalises by the batch's statistics
 * and stops at frozen layers. Values are in the order (row, column, channel).
 */
final class LogitGradient {

  private final Architecture architecture;
  private final ComputationGraph graph;
  private final ConvolutionForm convolutions;
  private final Map<String, INDArray> activations;

  /**
   * @param graph holds the parameters
   * @param activations every layer's output in evaluation mode, by name
   */
  LogitGradient(
      Architecture architecture,
      ComputationGraph graph,
      ConvolutionForm convolutions,
      Map<String, INDArray> activations) {
    this.architecture = architecture;
    this.graph = graph;
    this.convolutions = convolutions;
    this.activations = activations;
  }

  /**
   * @param atTops the gradient with respect to each hemisphere's features, by the names of the tops
   * @param wanted names of layers
   * @return the gradient with respect to the output of each wanted layer, by name; contains others
   */
  Map<String, double[]> of(Map<String, double[]> atTops, List<String> wanted) {
    Set<String> above = new HashSet<>(); // the layers that a wanted one leads to
    for (Layer layer : architecture.layers()) {
      if (layer.inputs().stream().anyMatch(read -> wanted.contains(read) || above.contains(read))) {
        above.add(layer.name());
      }
    }
    Map<String, double[]> gradients = new HashMap<>(atTops);
    for (int i = architecture.layers().size() - 1; i >= 0; i--) {
      Layer layer = architecture.layers().get(i);
      double[] output = gradients.get(layer.name());
      if (output != null && above.contains(layer.name())) {
        double[] input = back(layer, output);
        layer.inputs().forEach(read -> gradients.merge(read, input, LogitGradient::sum));
      }
    }
    return gradients;
  }

  private static double[] sum(double[] some, double[] others) {
    double[] sum = some.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += others[i];
    }
    return sum;
  }

  /** From the gradient at a layer's output to that at each of its inputs. */
  private double[] back(Layer layer, double[] gradient) {
    Operation operation = layer.operation();
    if (operation instanceof Operation.Sum || operation instanceof Operation.Dropout) {
      return gradient;
    }
    if (operation instanceof Operation.Relu || operation instanceof Operation.KWinners) {
      return whereNotZero(values(layer.name()), gradient);
    }
    if (operation instanceof Operation.Convolution convolution) {
      return throughConvolution(layer, convolution, gradient);
    }
    if (operation instanceof Operation.NormReluPool norm) {
      return throughNorm(layer, norm, gradient);
    }
    if (operation instanceof Operation.MaxPool pool) {
      return throughMaxPool(values(input(layer)), layer.input(), pool.size(), gradient);
    }
    if (operation instanceof Operation.GlobalAveragePool pool) {
      return throughGlobalAveragePool(layer.input(), pool.copies(), gradient);
    }
    if (operation instanceof Operation.GlobalMaxPool) {
      return throughMaxPool(values(input(layer)), layer.input(), layer.input().height(), gradient);
    }
    if (operation instanceof Operation.Linear linear) {
      return throughLinear(layer.name(), linear, gradient);
    }
    throw new IllegalStateException("No gradient of " + operation);
  }

  private static String input(Layer layer) {
    return layer.inputs().get(0);
  }

  private float[] values(String layer) {
    return ParameterTensors.values(Objects.requireNonNull(activations.get(layer)));
  }

  private INDArray parameter(String layer, String name) {
    return graph.getLayer(layer).getParam(name);
  }

  private static double[] whereNotZero(float[] outputs, double[] gradient) {
    double[] passed = gradient.clone();
    for (int i = 0; i < passed.length; i++) {
      passed[i] = outputs[i] == 0 ? 0 : passed[i];
    }
    return passed;
  }

  private double[] throughConvolution(
      Layer layer, Operation.Convolution convolution, double[] gradient) {
    INDArray input = Objects.requireNonNull(activations.get(input(layer)));
    INDArray weights = parameter(layer.name(), Convolution.WEIGHTS);
    try (INDArray exact = Nd4j.createFromArray(gradient);
        INDArray outputGradient = exact.castTo(input.dataType()).reshape(batch(layer.output()));
        INDArray inputGradient =
            Nd4j.createUninitialized(input.dataType(), batch(layer.input()), 'c')) {
      convolutions.backwardToInput(
          input,
          new ConvolutionForm.Kernel(weights, Optional.empty(), convolution.stride()),
          outputGradient,
          inputGradient);
      return doubles(ParameterTensors.values(inputGradient));
    }
  }

  private static long[] batch(Shape image) {
    return new long[] {1, image.height(), image.width(), image.channels()};
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  /** The running statistics are constants, so batch norm scales each channel. */
  private double[] throughNorm(Layer layer, Operation.NormReluPool norm, double[] gradient) {
    int channels = layer.input().channels();
    float[] gamma = vector(layer, NormReluPool.GAMMA);
    float[] beta = vector(layer, NormReluPool.BETA);
    float[] mean = vector(layer, NormReluPool.RUNNING_MEAN);
    float[] variance = vector(layer, NormReluPool.RUNNING_VARIANCE);
    double[] scale = new double[channels];
    for (int c = 0; c < channels; c++) {
      scale[c] = gamma[c] / Math.sqrt(variance[c] + NormReluPool.EPSILON);
    }
    float[] normed = values(input(layer));
    for (int i = 0; i < normed.length; i++) {
      int c = i % channels;
      normed[i] = (float) ((normed[i] - mean[c]) * scale[c] + beta[c]);
    }
    double[] passed = throughMaxPool(normed, layer.input(), norm.pool(), gradient);
    for (int i = 0; i < passed.length; i++) {
      boolean isCut = norm.rectified() && normed[i] <= 0;
      passed[i] = isCut ? 0 : passed[i] * scale[i % channels];
    }
    return passed;
  }

  private float[] vector(Layer layer, String parameter) {
    return ParameterTensors.values(parameter(layer.name(), parameter));
  }

  /** A square's gradient goes to the first of its maxima, as in PyTorch. */
  private static double[] throughMaxPool(float[] input, Shape shape, int size, double[] gradient) {
    double[] passed = new double[input.length];
    int channels = shape.channels();
    int columns = shape.width() / size;
    for (int i = 0; i < gradient.length; i++) {
      int row = i / channels / columns * size;
      int column = i / channels % columns * size;
      int first = (row * shape.width() + column) * channels + i % channels;
      int highest = first;
      for (int pixel = 1; pixel < size * size; pixel++) {
        int at = first + (pixel / size * shape.width() + pixel % size) * channels;
        highest = input[at] > input[highest] ? at : highest;
      }
      passed[highest] = gradient[i];
    }
    return passed;
  }

  private static double[] throughGlobalAveragePool(Shape shape, int copies, double[] gradient) {
    int channels = shape.channels();
    double[] passed = new double[Math.toIntExact(shape.values())];
    for (int i = 0; i < passed.length; i++) {
      for (int copy = 0; copy < copies; copy++) {
        passed[i] += gradient[i % channels * copies + copy];
      }
      passed[i] /= (double) shape.height() * shape.width();
    }
    return passed;
  }

  private double[] throughLinear(String layer, Operation.Linear linear, double[] gradient) {
    double[] passed = linear.rectified() ? whereNotZero(values(layer), gradient) : gradient;
    float[] weights = ParameterTensors.values(parameter(layer, ParameterTensors.LINEAR_WEIGHTS));
    double[] input = new double[weights.length / passed.length]; // weights are (in, out)
    for (int i = 0; i < weights.length; i++) {
      input[i / passed.length] += weights[i] * passed[i % passed.length];
    }
    return input;
  }
}
