package org.bilateralbrain.nn.dl4j;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Layer;
import org.bilateralbrain.nn.Parameter;
import org.bilateralbrain.nn.Weights;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A graph's parameters under PyTorch's names. PyTorch's kernels are (out, in, height, width), ours
 * (height, width, in, out); PyTorch's linear weights are (out, in), DL4J's (in, out).
 *
 * @param arrays views of the graph's parameters, in the architecture's order
 */
record ParameterTensors(Map<Parameter, INDArray> arrays) {

  static final String LINEAR_WEIGHTS = "W";
  static final String LINEAR_BIAS = "b";

  static ParameterTensors of(ComputationGraph graph, Architecture architecture) {
    Map<Parameter, INDArray> arrays = new LinkedHashMap<>();
    for (Layer layer : architecture.layers()) {
      add(layer, graph.getLayer(layer.name()), arrays);
    }
    for (Head head : architecture.heads()) {
      add(architecture.head(head), graph.getLayer(head.label()), arrays);
    }
    return new ParameterTensors(arrays);
  }

  private static void add(
      Layer layer, org.deeplearning4j.nn.api.Layer computing, Map<Parameter, INDArray> arrays) {
    for (Parameter parameter : layer.parameters()) {
      arrays.put(parameter, computing.getParam(key(parameter)));
    }
  }

  private static String key(Parameter parameter) {
    return switch (parameter.kind()) {
      case WEIGHT -> LINEAR_WEIGHTS; // also the name in our convolutions
      case BIAS -> LINEAR_BIAS;
      case GAMMA -> NormReluPool.GAMMA;
      case BETA -> NormReluPool.BETA;
      case RUNNING_MEAN -> NormReluPool.RUNNING_MEAN;
      case RUNNING_VARIANCE -> NormReluPool.RUNNING_VARIANCE;
    };
  }

  /** A copy of all values. */
  Weights read() {
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    arrays.forEach(
        (parameter, array) ->
            tensors.put(
                parameter.name(),
                new Weights.Tensor(
                    parameter.shape(),
                    transposed(values(array), positions(array), inputs(array)))));
    return new Weights(tensors);
  }

  /** Sets all values. */
  void write(Weights weights) {
    arrays.forEach(
        (parameter, array) -> {
          float[] values = weights.get(parameter.name()).values();
          // the reverse: outputs and positions swap roles
          float[] reversed = transposed(values, parameter.shape().get(0), inputs(array));
          array.assign(
              Nd4j.createFromArray(reversed).castTo(array.dataType()).reshape('c', array.shape()));
        });
  }

  /** Number of positions in a kernel; 1 for other parameters. */
  private static int positions(INDArray array) {
    return array.rank() == 4 ? (int) (array.size(0) * array.size(1)) : 1;
  }

  private static int inputs(INDArray array) {
    return array.rank() < 2 ? 1 : (int) array.size(array.rank() - 2);
  }

  /** From (position, in, out) to (out, in, position). */
  private static float[] transposed(float[] values, int positions, int inputs) {
    int outputs = values.length / positions / inputs;
    float[] transposed = new float[values.length];
    int from = 0;
    for (int position = 0; position < positions; position++) {
      for (int input = 0; input < inputs; input++) {
        for (int output = 0; output < outputs; output++) {
          transposed[(output * inputs + input) * positions + position] = values[from++];
        }
      }
    }
    return transposed;
  }

  /** An array's values in C order. */
  static float[] values(INDArray array) {
    if (FloatStorage.canHold(array.dataType()) && FloatStorage.contiguous(array) == array) {
      float[] values = new float[Math.toIntExact(array.length())];
      new FloatStorage(array).read(0, values, values.length);
      return values;
    }
    return array.castTo(DataType.FLOAT).dup('c').data().asFloat();
  }
}
