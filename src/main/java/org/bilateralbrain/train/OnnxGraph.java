package org.bilateralbrain.train;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.nn.Parameter;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.store.ProtobufMessage;

/**
 * An ONNX model of opset 13 as it is put together, operator by operator.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">The format</a>
 */
final class OnnxGraph {

  private static final int IR_VERSION = 7;
  private static final int OPSET = 13;

  /** Types of values, for {@code Cast}. */
  static final int FLOAT = 1;

  static final int INT64 = 7;

  // Fields of the messages in onnx.proto
  private static final int MODEL_IR_VERSION = 1;
  private static final int MODEL_PRODUCER = 2;
  private static final int MODEL_GRAPH = 7;
  private static final int MODEL_OPSET = 8;
  private static final int MODEL_METADATA = 14;
  private static final int OPSET_VERSION = 2;
  private static final int GRAPH_NODE = 1;
  private static final int GRAPH_NAME = 2;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int GRAPH_INPUT = 11;
  private static final int GRAPH_OUTPUT = 12;
  private static final int NODE_INPUT = 1;
  private static final int NODE_OUTPUT = 2;
  private static final int NODE_NAME = 3;
  private static final int NODE_OPERATOR = 4;
  private static final int NODE_ATTRIBUTE = 5;
  private static final int ATTRIBUTE_NAME = 1;
  private static final int ATTRIBUTE_FLOAT = 2;
  private static final int ATTRIBUTE_INTEGER = 3;
  private static final int ATTRIBUTE_INTEGERS = 8;
  private static final int ATTRIBUTE_TYPE = 20;
  private static final int TYPE_FLOAT = 1;
  private static final int TYPE_INTEGER = 2;
  private static final int TYPE_INTEGERS = 7;
  private static final int TENSOR_DIMENSION = 1;
  private static final int TENSOR_TYPE = 2;
  private static final int TENSOR_INTEGERS = 7;
  private static final int TENSOR_NAME = 8;
  private static final int TENSOR_VALUES = 9;
  private static final int VALUE_NAME = 1;
  private static final int VALUE_TYPE = 2;
  private static final int TYPE_TENSOR = 1;
  private static final int TENSOR_TYPE_ELEMENT = 1;
  private static final int TENSOR_TYPE_SHAPE = 2;
  private static final int SHAPE_DIMENSION = 1;
  private static final int DIMENSION_VALUE = 1;
  private static final int DIMENSION_NAME = 2;

  private final ProtobufMessage graph = new ProtobufMessage().text(GRAPH_NAME, "network");

  /**
   * Writes the model. Weights go to the stream one by one: they can take as many bytes as Java's
   * heap has.
   *
   * @param parameters which nodes refer to by their names
   * @param metadata for readers of the file
   */
  void write(
      List<Parameter> parameters, Weights weights, Map<String, String> metadata, OutputStream out)
      throws IOException {
    List<ProtobufMessage> headers = new ArrayList<>();
    long length = graph.bytes().length;
    for (Parameter parameter : parameters) {
      long bytes = (long) parameter.count() * Float.BYTES;
      ProtobufMessage tensor = new ProtobufMessage().number(TENSOR_TYPE, FLOAT);
      parameter.shape().forEach(size -> tensor.number(TENSOR_DIMENSION, size));
      tensor.text(TENSOR_NAME, parameter.name()).header(TENSOR_VALUES, bytes);
      ProtobufMessage header =
          new ProtobufMessage().header(GRAPH_INITIALIZER, tensor.bytes().length + bytes);
      headers.add(header);
      headers.add(tensor);
      length += header.bytes().length + tensor.bytes().length + bytes;
    }
    ProtobufMessage model =
        new ProtobufMessage()
            .number(MODEL_IR_VERSION, IR_VERSION)
            .text(MODEL_PRODUCER, "bilateral")
            .part(MODEL_OPSET, new ProtobufMessage().number(OPSET_VERSION, OPSET));
    metadata.forEach(
        (key, value) ->
            model.part(MODEL_METADATA, new ProtobufMessage().text(1, key).text(2, value)));
    out.write(model.header(MODEL_GRAPH, length).bytes());
    out.write(graph.bytes());
    for (int i = 0; i < parameters.size(); i++) {
      out.write(headers.get(2 * i).bytes());
      out.write(headers.get(2 * i + 1).bytes());
      Weights.forEachPiece(
          weights.get(parameters.get(i).name()).values(),
          piece -> out.write(piece.array(), piece.arrayOffset(), piece.limit()));
    }
  }

  /** Adds an operator with one output. */
  void node(String operator, List<String> inputs, String output, ProtobufMessage... attributes) {
    ProtobufMessage node = withoutOutputs(operator, inputs, output).text(NODE_OUTPUT, output);
    for (ProtobufMessage attribute : attributes) {
      node.part(NODE_ATTRIBUTE, attribute);
    }
    graph.part(GRAPH_NODE, node);
  }

  /** Adds the k largest values along the last axis and, unused, their positions. */
  void topK(String input, String k, String output) {
    graph.part(
        GRAPH_NODE,
        withoutOutputs("TopK", List.of(input, k), output)
            .text(NODE_OUTPUT, output)
            .text(NODE_OUTPUT, output + ".positions"));
  }

  private static ProtobufMessage withoutOutputs(String operator, List<String> inputs, String name) {
    ProtobufMessage node =
        new ProtobufMessage().text(NODE_NAME, name).text(NODE_OPERATOR, operator);
    inputs.forEach(input -> node.text(NODE_INPUT, input));
    return node;
  }

  /** An attribute, likewise the following ones. */
  static ProtobufMessage integer(String name, int value) {
    return new ProtobufMessage()
        .text(ATTRIBUTE_NAME, name)
        .number(ATTRIBUTE_TYPE, TYPE_INTEGER)
        .number(ATTRIBUTE_INTEGER, value);
  }

  static ProtobufMessage real(String name, float value) {
    return new ProtobufMessage()
        .text(ATTRIBUTE_NAME, name)
        .number(ATTRIBUTE_TYPE, TYPE_FLOAT)
        .real(ATTRIBUTE_FLOAT, value);
  }

  static ProtobufMessage square(String name, int side) {
    return integers(name, List.of(side, side));
  }

  static ProtobufMessage integers(String name, List<Integer> values) {
    ProtobufMessage attribute =
        new ProtobufMessage().text(ATTRIBUTE_NAME, name).number(ATTRIBUTE_TYPE, TYPE_INTEGERS);
    values.forEach(value -> attribute.number(ATTRIBUTE_INTEGERS, value));
    return attribute;
  }

  /** Adds a constant: a vector of integers. */
  void constant(String name, int... values) {
    ProtobufMessage tensor =
        new ProtobufMessage()
            .number(TENSOR_TYPE, INT64)
            .number(TENSOR_DIMENSION, values.length)
            .text(TENSOR_NAME, name);
    for (int value : values) {
      tensor.number(TENSOR_INTEGERS, value);
    }
    graph.part(GRAPH_INITIALIZER, tensor);
  }

  void input(String name, List<Integer> sizes) {
    graph.part(GRAPH_INPUT, value(name, sizes));
  }

  void output(String name, List<Integer> sizes) {
    graph.part(GRAPH_OUTPUT, value(name, sizes));
  }

  /** An input or output of floats; the first dimension is the batch. */
  private static ProtobufMessage value(String name, List<Integer> sizes) {
    ProtobufMessage shape =
        new ProtobufMessage()
            .part(SHAPE_DIMENSION, new ProtobufMessage().text(DIMENSION_NAME, "batch"));
    sizes.forEach(
        size -> shape.part(SHAPE_DIMENSION, new ProtobufMessage().number(DIMENSION_VALUE, size)));
    ProtobufMessage tensor =
        new ProtobufMessage().number(TENSOR_TYPE_ELEMENT, FLOAT).part(TENSOR_TYPE_SHAPE, shape);
    return new ProtobufMessage()
        .text(VALUE_NAME, name)
        .part(VALUE_TYPE, new ProtobufMessage().part(TYPE_TENSOR, tensor));
  }
}
