package org.bilateralbrain.nn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.bilateralbrain.nn.Layer.Plasticity;

/**
 * A network as data: hemispheres that read the image, and a linear head per kind of label that
 * reads their concatenated features. Everything that follows from the architecture alone
 * (parameters and their PyTorch names, cost, memory) is computed here; engines turn it into
 * something that runs.
 *
 * @param input shape of one image, or of the feature vector if there are no hemispheres
 * @param layers of all hemispheres, each listed after the layers that it reads
 * @param tops names of the layers whose outputs, concatenated in this order, are the features
 * @param classes number of classes per head, fine before coarse
 */
public record Architecture(
    Shape input, List<Layer> layers, List<String> tops, Map<Head, Integer> classes) {

  /** Stands for the network's input among the {@linkplain Layer#inputs inputs of a layer}. */
  public static final String INPUT = "input";

  /** Prefix of a unilateral network's parameter names, except those of its heads. */
  public static final String HEMISPHERE = "hemisphere.";

  /**
   * The cost of moving one activation value through a layer once, in operations of a matrix
   * product. Fitted to training speeds of ResNet-9 on a CPU, 9.4 to 9.9 times as high at width 16
   * as at width 64, where the operations alone would make it 16 times.
   */
  private static final double OPERATIONS_PER_VALUE = 330;

  public Architecture {
    layers = List.copyOf(layers);
    tops = List.copyOf(tops);
    Map<Head, Integer> inOrder = new EnumMap<>(Head.class);
    inOrder.putAll(classes);
    classes = Collections.unmodifiableMap(inOrder);
  }

  /** One hemisphere with the given heads. Parameter names start with {@code hemisphere.}. */
  public static Architecture unilateral(
      Shape image, HemisphereShape shape, Map<Head, Integer> classes) {
    LayerStack stack = new LayerStack(HEMISPHERE, image, Plasticity.TRAINED, shape.sparsity());
    shape.backbone().stack(stack, shape.width());
    return new Architecture(image, stack.layers(), List.of(stack.top()), classes);
  }

  /**
   * Two hemispheres whose concatenated features the given heads read. Parameter names start with
   * {@code left.} and {@code right.}.
   */
  public static Architecture bilateral(
      Shape image,
      HemisphereShape left,
      Plasticity leftPlasticity,
      HemisphereShape right,
      Plasticity rightPlasticity,
      Map<Head, Integer> classes) {
    LayerStack leftStack =
        new LayerStack(Side.LEFT.prefix(), image, leftPlasticity, left.sparsity());
    left.backbone().stack(leftStack, left.width());
    LayerStack rightStack =
        new LayerStack(Side.RIGHT.prefix(), image, rightPlasticity, right.sparsity());
    right.backbone().stack(rightStack, right.width());
    return new Architecture(
        image,
        Stream.concat(leftStack.layers().stream(), rightStack.layers().stream()).toList(),
        List.of(leftStack.top(), rightStack.top()),
        classes);
  }

  /** Heads alone, which read vectors of so many features. */
  public static Architecture heads(int features, Map<Head, Integer> classes) {
    return new Architecture(Shape.vector(features), List.of(), List.of(INPUT), classes);
  }

  /**
   * The same network with another weight of each batch in the running statistics.
   *
   * @param momentum PyTorch's, in (0, 1]
   */
  public Architecture withNormMomentum(double momentum) {
    List<Layer> changed =
        layers.stream()
            .map(
                layer ->
                    layer.operation() instanceof Operation.NormReluPool norm
                        ? layer.with(
                            new Operation.NormReluPool(momentum, norm.rectified(), norm.pool()))
                        : layer)
            .toList();
    return new Architecture(input, changed, tops, classes);
  }

  /** A hemisphere's position in a bilateral network. */
  public enum Side {
    LEFT("left."),
    RIGHT("right.");

    private final String prefix;

    Side(String prefix) {
      this.prefix = prefix;
    }

    /** Prefix of its parameter names. */
    public String prefix() {
      return prefix;
    }
  }

  public List<Head> heads() {
    return List.copyOf(classes.keySet());
  }

  /** Whether the input is an image rather than a feature vector. */
  public boolean readsImages() {
    return !layers.isEmpty();
  }

  /** Length of the feature vector that the heads read. */
  public int features() {
    return tops.stream().mapToInt(top -> Math.toIntExact(output(top).values())).sum();
  }

  /** Shape of one example's output of a layer, or of the input. */
  public Shape output(String name) {
    return name.equals(INPUT) ? input : layer(name).output();
  }

  /**
   * @throws IllegalArgumentException if there is no layer of that name
   */
  public Layer layer(String name) {
    return layers.stream()
        .filter(layer -> layer.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("No layer is named " + name));
  }

  /** Which of a hemisphere's maps Grad-CAM explains. */
  public enum Depth {
    /**
     * The last sum or ReLU at half the image's height: in ResNet-9 the first residual block, in the
     * deeper ResNets the second stage, in VGG-11 the second convolution. They have 16 x 16 pixels,
     * and twice the width in channels (eight times in ResNets with bottlenecks, four times in the
     * inverted ResNet-9).
     */
    MIDDLE,
    /** What the last pooling reads: in ResNet-9 the second residual block, of 4 x 4 pixels. */
    LAST;

    /** The name in files and tables. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Names of the layers whose outputs are the maps at a depth, one per hemisphere. */
  public List<String> maps(Depth depth) {
    return tops.stream()
        .map(top -> depth == Depth.LAST ? lastMaps(top) : middleMaps(lastMaps(top)))
        .toList();
  }

  private String lastMaps(String top) {
    Layer layer = layer(top);
    while (!(layer.operation() instanceof Operation.GlobalAveragePool
        || layer.operation() instanceof Operation.GlobalMaxPool)) {
      layer = layer(layer.inputs().get(0));
    }
    return layer.inputs().get(0);
  }

  private String middleMaps(String last) {
    Layer layer = layer(last);
    while (!(isSumOrRelu(layer) && layer.output().height() == input.height() / 2)) {
      layer = layer(layer.inputs().get(0));
    }
    return layer.name();
  }

  private static boolean isSumOrRelu(Layer layer) {
    return layer.operation() instanceof Operation.Sum
        || layer.operation() instanceof Operation.Relu;
  }

  /**
   * A head as a layer that reads the features. Its index in PyTorch's module is 1, because index 0
   * is dropout.
   */
  public Layer head(Head head) {
    return new Layer(
        head.label() + "_head.1",
        new Operation.Linear(Objects.requireNonNull(classes.get(head)), false),
        tops,
        Shape.vector(features()),
        Plasticity.TRAINED);
  }

  /**
   * All parameters, including running statistics: hemisphere by hemisphere, layer by layer, then
   * the heads.
   */
  public List<Parameter> parameters() {
    List<Parameter> parameters = new ArrayList<>();
    layers.forEach(layer -> parameters.addAll(layer.parameters()));
    heads().forEach(head -> parameters.addAll(head(head).parameters()));
    return parameters;
  }

  /**
   * The number of trainable values, including those of frozen layers; running statistics don't
   * count.
   */
  public long parameterCount() {
    return parameters().stream()
        .filter(parameter -> parameter.kind().isTrained())
        .mapToLong(Parameter::count)
        .sum();
  }

  /** Additions and multiplications of all matrix products in one example's forward pass. */
  public double forwardOperations() {
    return withHeads().mapToDouble(layer -> layer.operation().flops(layer.input())).sum();
  }

  /**
   * Likewise for the forward and backward pass: a trained layer also computes the gradient of its
   * weights and, unless it reads the network's input, that of its input.
   */
  public double trainingOperations() {
    return withHeads()
        .mapToDouble(layer -> layer.operation().flops(layer.input()) * passes(layer))
        .sum();
  }

  private static int passes(Layer layer) {
    if (layer.isFrozen()) {
      return 1;
    }
    return layer.inputs().contains(INPUT) ? 2 : 3;
  }

  /** The number of activation values in one example's forward pass, including its input. */
  public long activations() {
    return input.values() + withHeads().mapToLong(layer -> layer.output().values()).sum();
  }

  /**
   * The cost of testing one example, comparable between architectures: operations, plus moved
   * values converted to operations.
   */
  public double forwardCost() {
    return forwardOperations() + OPERATIONS_PER_VALUE * activations();
  }

  /** Likewise for one example of a training step. */
  public double trainingCost() {
    double moved =
        withHeads()
                .mapToDouble(layer -> (double) layer.output().values() * (layer.isFrozen() ? 1 : 3))
                .sum()
            + (layers.isEmpty() ? classes.size() * 3.0 * features() : 0); // each head's dropout
    return trainingOperations() + OPERATIONS_PER_VALUE * (input.values() + moved);
  }

  private Stream<Layer> withHeads() {
    return Stream.concat(layers.stream(), heads().stream().map(this::head));
  }
}
