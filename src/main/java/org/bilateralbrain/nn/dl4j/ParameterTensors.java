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
 * A graph's parameters under PyTorch's names. PyTorch has kernels as (out, in, height, width), we
 * as (height, width, in, out); linear weights as (out, in), DL4J as (in, out).
 *
 * @param arrays views of the graph's own, by name, in the architecture's order
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
      case WEIGHT -> LINEAR_WEIGHTS; // our convolutions' name for them, too
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
                    parameter.shape(), turned(values(array), places(array), inputs(array)))));
    return new Weights(tensors);
  }

  void write(Weights weights) {
    arrays.forEach(
        (parameter, array) -> {
          float[] values = weights.get(parameter.name()).values();
          // the other way round: outputs and places change their roles
          float[] ours = turned(values, parameter.shape().get(0), inputs(array));
          array.assign(
              Nd4j.createFromArray(ours).castTo(array.dataType()).reshape('c', array.shape()));
        });
  }

  /** Of a kernel; 1 for anything else. */
  private static int places(INDArray array) {
    return array.rank() == 4 ? (int) (array.size(0) * array.size(1)) : 1;
  }

  private static int inputs(INDArray array) {
    return array.rank() < 2 ? 1 : (int) array.size(array.rank() - 2);
  }

  /** From (place, in, out) to (out, in, place). */
  private static float[] turned(float[] values, int places, int inputs) {
    int outputs = values.length / places / inputs;
    float[] turned = new float[values.length];
    int from = 0;
    for (int place = 0; place < places; place++) {
      for (int input = 0; input < inputs; input++) {
        for (int output = 0; output < outputs; output++) {
          turned[(output * inputs + input) * places + place] = values[from++];
        }
      }
    }
    return turned;
  }

  /** In C order. */
  static float[] values(INDArray array) {
    if (FloatStorage.canHold(array.dataType()) && FloatStorage.contiguous(array) == array) {
      float[] values = new float[Math.toIntExact(array.length())];
      new FloatStorage(array).read(0, values, values.length);
      return values;
    }
    return array.castTo(DataType.FLOAT).dup('c').data().asFloat();
  }
}
