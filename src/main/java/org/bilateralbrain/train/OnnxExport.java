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
import org.bilateralbrain.nn.Shape;
import org.bilateralbrain.nn.Sparsity;
import org.bilateralbrain.nn.Weights;

/**
 * Writes a network in evaluation mode as an ONNX model. Its input {@code images} has PyTorch's
 * layout, (batch, channel, row, column), with normalised pixels; its outputs, {@code fine} and
 * {@code coarse}, are the heads' logits, (batch, classes).
 *
 * @see <a href="https://onnx.ai/onnx/operators/">The operators</a>
 */
final class OnnxExport {

  private static final float EPSILON = 1e-5f;
  private static final String IMAGES = "images";

  private final Architecture architecture;
  private final OnnxGraph graph = new OnnxGraph();

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
    export.graph.write(architecture.parameters(), weights, metadata, out);
  }

  private void describe() {
    Shape image = architecture.input();
    graph.input(IMAGES, List.of(image.channels(), image.height(), image.width()));
    architecture.layers().forEach(this::describe);
    String features = "features";
    List<String> tops = architecture.tops().stream().map(OnnxExport::output).toList();
    graph.node("Concat", tops, features, OnnxGraph.integer("axis", 1));
    for (Head head : architecture.heads()) {
      Layer layer = architecture.head(head);
      graph.node(
          "Gemm",
          List.of(features, layer.name() + ".weight", layer.name() + ".bias"),
          head.label(),
          OnnxGraph.integer("transB", 1));
      graph.output(head.label(), List.of(Objects.requireNonNull(architecture.classes().get(head))));
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
      graph.node("Relu", List.of(input), name);
    } else if (operation instanceof Operation.MaxPool pool) {
      graph.node(
          "MaxPool",
          List.of(input),
          name,
          OnnxGraph.square("kernel_shape", pool.size()),
          OnnxGraph.square("strides", pool.size()));
    } else if (operation instanceof Operation.GlobalAveragePool pool) {
      graph.node("GlobalAveragePool", List.of(input), name + ".mean");
      graph.constant(name + ".copies", 1, 1, 1, pool.copies());
      graph.node("Tile", List.of(name + ".mean", name + ".copies"), name + ".tiled");
      graph.node("Flatten", List.of(name + ".tiled"), name);
    } else if (operation instanceof Operation.GlobalMaxPool) {
      graph.node("GlobalMaxPool", List.of(input), name + ".max");
      graph.node("Flatten", List.of(name + ".max"), name);
    } else if (operation instanceof Operation.Linear linear) {
      String sums = linear.rectified() ? name + ".sums" : name;
      graph.node(
          "Gemm",
          List.of(input, name + ".weight", name + ".bias"),
          sums,
          OnnxGraph.integer("transB", 1));
      if (linear.rectified()) {
        graph.node("Relu", List.of(sums), name);
      }
    } else if (operation instanceof Operation.Dropout) {
      graph.node("Identity", List.of(input), name);
    } else if (operation instanceof Operation.Sum) {
      graph.node("Add", List.of(input, output(layer.inputs().get(1))), name);
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
    graph.node(
        "Conv",
        inputs,
        name,
        OnnxGraph.square("kernel_shape", convolution.kernel()),
        OnnxGraph.square("strides", convolution.stride()),
        OnnxGraph.integers("pads", List.of(padding, padding, padding, padding)));
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
            graph.node(
                part,
                List.of(
                    before,
                    name + ".weight",
                    name + ".bias",
                    name + ".running_mean",
                    name + ".running_var"),
                after,
                OnnxGraph.real("epsilon", EPSILON));
        case "MaxPool" ->
            graph.node(
                part,
                List.of(before),
                after,
                OnnxGraph.square("kernel_shape", norm.pool()),
                OnnxGraph.square("strides", norm.pool()));
        default -> graph.node(part, List.of(before), after);
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
    graph.constant(name + ".rows", 0, maps.channels(), pixels);
    graph.constant(name + ".maps", 0, maps.channels(), maps.height(), maps.width());
    graph.constant(name + ".kept", kept);
    graph.constant(name + ".axis", -1);
    graph.node("Reshape", List.of(input, name + ".rows"), name + ".values");
    graph.topK(name + ".values", name + ".kept", name + ".largest");
    graph.node(
        "ReduceMin",
        List.of(name + ".largest"),
        name + ".smallest",
        OnnxGraph.integers("axes", List.of(-1)));
    graph.node("Greater", List.of(name + ".values", name + ".smallest"), name + ".above");
    graph.node("Equal", List.of(name + ".values", name + ".smallest"), name + ".equal");
    graph.node(
        "Cast",
        List.of(name + ".above"),
        name + ".above.number",
        OnnxGraph.integer("to", OnnxGraph.INT64));
    graph.node(
        "Cast",
        List.of(name + ".equal"),
        name + ".equal.number",
        OnnxGraph.integer("to", OnnxGraph.INT64));
    graph.node("ReduceSum", List.of(name + ".above.number", name + ".axis"), name + ".taken");
    graph.node("Sub", List.of(name + ".kept", name + ".taken"), name + ".left");
    graph.constant(name + ".row", 2);
    graph.node("CumSum", List.of(name + ".equal.number", name + ".row"), name + ".rank");
    graph.node("LessOrEqual", List.of(name + ".rank", name + ".left"), name + ".first");
    graph.node("And", List.of(name + ".first", name + ".equal"), name + ".tied");
    graph.node("Or", List.of(name + ".above", name + ".tied"), name + ".won");
    graph.node(
        "Cast", List.of(name + ".won"), name + ".mask", OnnxGraph.integer("to", OnnxGraph.FLOAT));
    graph.node("Mul", List.of(name + ".values", name + ".mask"), name + ".sparse");
    graph.node("Reshape", List.of(name + ".sparse", name + ".maps"), name);
  }
}
