package org.bilateralbrain.train;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Layer;
import org.bilateralbrain.nn.Operation;
import org.bilateralbrain.nn.Parameter;
import org.bilateralbrain.nn.Shape;
import org.bilateralbrain.nn.Sparsity;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.store.ProtobufMessage;

/**
 * Writes a network in evaluation mode as an ONNX model of opset 13. Its input {@code images} has
 * PyTorch's layout, (batch, channel, row, column), with normalised pixels; its outputs, {@code
 * fine} and {@code coarse}, are the heads' logits, (batch, classes).
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">The format</a>
 * @see <a href="https://onnx.ai/onnx/operators/">The operators</a>
 */
final class OnnxExport {

  private static final int IR_VERSION = 7;
  private static final int OPSET = 13;
  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final float EPSILON = 1e-5f;
  private static final String IMAGES = "images";

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

  private final Architecture architecture;
  private final ProtobufMessage graph = new ProtobufMessage().text(GRAPH_NAME, "network");

  private OnnxExport(Architecture architecture) {
    this.architecture = architecture;
  }

  /**
   * @throws DataException if a prediction depends on the other images of its batch
   */
  static void requireExportable(Architecture architecture) {
    for (Layer layer : architecture.layers()) {
      if (layer.operation() instanceof Operation.KWinners winners
          && winners.sparsity().ofBatch() < 1
          && winners.sparsity().testing() == Sparsity.Testing.BATCH) {
        throw new DataException(
            "A network with sparsity.testing = batch can't be exported to ONNX: its predictions depend on the other images of their batch");
      }
    }
  }

  /**
   * @param metadata for readers of the file
   * @throws DataException if the network isn't {@linkplain #requireExportable exportable}
   */
  static void write(
      Architecture architecture, Weights weights, Map<String, String> metadata, OutputStream out)
      throws IOException {
    requireExportable(architecture);
    OnnxExport export = new OnnxExport(architecture);
    export.describe();
    export.write(weights, metadata, out);
  }

  /** Weights go to the stream one by one: a model can have as many bytes as Java's heap. */
  private void write(Weights weights, Map<String, String> metadata, OutputStream out)
      throws IOException {
    List<Parameter> parameters = architecture.parameters();
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

  private void describe() {
    Shape image = architecture.input();
    graph.part(
        GRAPH_INPUT, value(IMAGES, List.of(image.channels(), image.height(), image.width())));
    architecture.layers().forEach(this::describe);
    String features = "features";
    List<String> tops = architecture.tops().stream().map(OnnxExport::output).toList();
    node("Concat", tops, features, integer("axis", 1));
    for (Head head : architecture.heads()) {
      Layer layer = architecture.head(head);
      node(
          "Gemm",
          List.of(features, layer.name() + ".weight", layer.name() + ".bias"),
          head.label(),
          integer("transB", 1));
      graph.part(
          GRAPH_OUTPUT,
          value(head.label(), List.of(Objects.requireNonNull(architecture.classes().get(head)))));
    }
  }

  /** The name of a layer's output. */
  private static String output(String layer) {
    return layer.equals(Architecture.INPUT) ? IMAGES : layer;
  }

  private void describe(Layer layer) {
    String name = layer.name();
    String input = output(layer.inputs().get(0));
    Operation operation = layer.operation();
    if (operation instanceof Operation.Convolution convolution) {
      describe(name, input, convolution);
    } else if (operation instanceof Operation.NormReluPool norm) {
      describe(name, input, norm);
    } else if (operation instanceof Operation.KWinners winners) {
      describe(name, input, winners.sparsity(), layer.input());
    } else if (operation instanceof Operation.Relu) {
      node("Relu", List.of(input), name);
    } else if (operation instanceof Operation.MaxPool pool) {
      node(
          "MaxPool",
          List.of(input),
          name,
          square("kernel_shape", pool.size()),
          square("strides", pool.size()));
    } else if (operation instanceof Operation.GlobalAveragePool pool) {
      node("GlobalAveragePool", List.of(input), name + ".mean");
      integers(name + ".copies", 1, 1, 1, pool.copies());
      node("Tile", List.of(name + ".mean", name + ".copies"), name + ".tiled");
      node("Flatten", List.of(name + ".tiled"), name);
    } else if (operation instanceof Operation.GlobalMaxPool) {
      node("GlobalMaxPool", List.of(input), name + ".max");
      node("Flatten", List.of(name + ".max"), name);
    } else if (operation instanceof Operation.Linear linear) {
      String sums = linear.rectified() ? name + ".sums" : name;
      node("Gemm", List.of(input, name + ".weight", name + ".bias"), sums, integer("transB", 1));
      if (linear.rectified()) {
        node("Relu", List.of(sums), name);
      }
    } else if (operation instanceof Operation.Dropout) {
      node("Identity", List.of(input), name);
    } else if (operation instanceof Operation.Sum) {
      node("Add", List.of(input, output(layer.inputs().get(1))), name);
    } else {
      throw new IllegalArgumentException("No ONNX operator for " + operation);
    }
  }

  private void describe(String name, String input, Operation.Convolution convolution) {
    List<String> inputs = new ArrayList<>(List.of(input, name + ".weight"));
    if (convolution.biased()) {
      inputs.add(name + ".bias");
    }
    int padding = convolution.kernel() / 2;
    node(
        "Conv",
        inputs,
        name,
        square("kernel_shape", convolution.kernel()),
        square("strides", convolution.stride()),
        integers("pads", List.of(padding, padding, padding, padding)));
  }

  private void describe(String name, String input, Operation.NormReluPool norm) {
    List<String> parts = new ArrayList<>(List.of("BatchNormalization"));
    if (norm.rectified()) {
      parts.add("Relu");
    }
    if (norm.pool() > 1) {
      parts.add("MaxPool");
    }
    String before = input;
    for (int i = 0; i < parts.size(); i++) {
      String part = parts.get(i);
      String after = i == parts.size() - 1 ? name : name + "." + part;
      switch (part) {
        case "BatchNormalization" ->
            node(
                part,
                List.of(
                    before,
                    name + ".weight",
                    name + ".bias",
                    name + ".running_mean",
                    name + ".running_var"),
                after,
                real("epsilon", EPSILON));
        case "MaxPool" ->
            node(
                part,
                List.of(before),
                after,
                square("kernel_shape", norm.pool()),
                square("strides", norm.pool()));
        default -> node(part, List.of(before), after);
      }
      before = after;
    }
  }

  /**
   * Each map's k largest values, of equal ones the first: those above the k-th largest, and as many
   * of those equal to it as there is room for.
   */
  private void describe(String name, String input, Sparsity sparsity, Shape maps) {
    int pixels = maps.height() * maps.width();
    int kept = (int) Math.ceil(sparsity.k() * pixels);
    integers(name + ".rows", 0, maps.channels(), pixels);
    integers(name + ".maps", 0, maps.channels(), maps.height(), maps.width());
    integers(name + ".kept", kept);
    integers(name + ".axis", -1);
    node("Reshape", List.of(input, name + ".rows"), name + ".values");
    graph.part(
        GRAPH_NODE,
        withoutOutputs("TopK", List.of(name + ".values", name + ".kept"), name + ".topk")
            .text(NODE_OUTPUT, name + ".largest")
            .text(NODE_OUTPUT, name + ".positions"));
    node(
        "ReduceMin", List.of(name + ".largest"), name + ".smallest", integers("axes", List.of(-1)));
    node("Greater", List.of(name + ".values", name + ".smallest"), name + ".above");
    node("Equal", List.of(name + ".values", name + ".smallest"), name + ".equal");
    node("Cast", List.of(name + ".above"), name + ".above.number", integer("to", INT64));
    node("Cast", List.of(name + ".equal"), name + ".equal.number", integer("to", INT64));
    node("ReduceSum", List.of(name + ".above.number", name + ".axis"), name + ".taken");
    node("Sub", List.of(name + ".kept", name + ".taken"), name + ".left");
    integers(name + ".row", 2);
    node("CumSum", List.of(name + ".equal.number", name + ".row"), name + ".rank");
    node("LessOrEqual", List.of(name + ".rank", name + ".left"), name + ".first");
    node("And", List.of(name + ".first", name + ".equal"), name + ".tied");
    node("Or", List.of(name + ".above", name + ".tied"), name + ".won");
    node("Cast", List.of(name + ".won"), name + ".mask", integer("to", FLOAT));
    node("Mul", List.of(name + ".values", name + ".mask"), name + ".sparse");
    node("Reshape", List.of(name + ".sparse", name + ".maps"), name);
  }

  private void node(
      String operator, List<String> inputs, String output, ProtobufMessage... attributes) {
    ProtobufMessage node = withoutOutputs(operator, inputs, output).text(NODE_OUTPUT, output);
    for (ProtobufMessage attribute : attributes) {
      node.part(NODE_ATTRIBUTE, attribute);
    }
    graph.part(GRAPH_NODE, node);
  }

  private static ProtobufMessage withoutOutputs(String operator, List<String> inputs, String name) {
    ProtobufMessage node =
        new ProtobufMessage().text(NODE_NAME, name).text(NODE_OPERATOR, operator);
    inputs.forEach(input -> node.text(NODE_INPUT, input));
    return node;
  }

  private static ProtobufMessage integer(String name, int value) {
    return new ProtobufMessage()
        .text(ATTRIBUTE_NAME, name)
        .number(ATTRIBUTE_TYPE, TYPE_INTEGER)
        .number(ATTRIBUTE_INTEGER, value);
  }

  private static ProtobufMessage real(String name, float value) {
    return new ProtobufMessage()
        .text(ATTRIBUTE_NAME, name)
        .number(ATTRIBUTE_TYPE, TYPE_FLOAT)
        .real(ATTRIBUTE_FLOAT, value);
  }

  private static ProtobufMessage square(String name, int side) {
    return integers(name, List.of(side, side));
  }

  private static ProtobufMessage integers(String name, List<Integer> values) {
    ProtobufMessage attribute =
        new ProtobufMessage().text(ATTRIBUTE_NAME, name).number(ATTRIBUTE_TYPE, TYPE_INTEGERS);
    values.forEach(value -> attribute.number(ATTRIBUTE_INTEGERS, value));
    return attribute;
  }

  /** A constant: a vector of integers. */
  private void integers(String name, int... values) {
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
