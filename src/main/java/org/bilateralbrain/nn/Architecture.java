package org.bilateralbrain.nn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.bilateralbrain.nn.Layer.Plasticity;

/**
 * A network as data: hemispheres of layers on an image, whose features, side by side, are read by a
 * linear head for each kind of label. Everything that follows from the architecture alone
 * (parameters and their PyTorch names, cost, memory) is computed here; engines turn it into
 * something that runs.
 *
 * @param input one image, or the vector of features if there are no hemispheres
 * @param layers of all hemispheres, each after those that it reads
 * @param tops the layers whose outputs, in this order, are the features
 * @param classes of each head, fine before coarse
 */
public record Architecture(
    Shape input, List<Layer> layers, List<String> tops, Map<Head, Integer> classes) {

  /** What the first layers read. */
  public static final String INPUT = "input";

  /** What the names of a unilateral network's parameters start with, but for its heads'. */
  public static final String HEMISPHERE = "hemisphere.";

  /**
   * What moving one value of an activation through a layer once costs, in operations of a matrix
   * product: measured on ResNet-9 of widths 16 and 64, whose speeds in operations a second are 1 to
   * 1.6.
   */
  private static final double OPERATIONS_PER_VALUE = 160;

  public Architecture {
    layers = List.copyOf(layers);
    tops = List.copyOf(tops);
    Map<Head, Integer> inOrder = new EnumMap<>(Head.class);
    inOrder.putAll(classes);
    classes = Collections.unmodifiableMap(inOrder);
  }

  /** One hemisphere with the given heads. Names of parameters start with {@code hemisphere.}. */
  public static Architecture unilateral(
      Shape image, HemisphereShape shape, Map<Head, Integer> classes) {
    LayerStack stack = new LayerStack(HEMISPHERE, image, Plasticity.TRAINED, shape.sparsity());
    shape.backbone().stack(stack, shape.width());
    return new Architecture(image, stack.layers(), List.of(stack.top()), classes);
  }

  /**
   * Two hemispheres under both heads. Names of parameters start with {@code left.} and {@code
   * right.}.
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

  /** Heads alone, on vectors of features. */
  public static Architecture heads(int features, Map<Head, Integer> classes) {
    return new Architecture(Shape.vector(features), List.of(), List.of(INPUT), classes);
  }

  /** A hemisphere's place in a bilateral network. */
  public enum Side {
    LEFT("left."),
    RIGHT("right.");

    private final String prefix;

    Side(String prefix) {
      this.prefix = prefix;
    }

    /** What the names of its parameters start with. */
    public String prefix() {
      return prefix;
    }
  }

  public List<Head> heads() {
    return List.copyOf(classes.keySet());
  }

  /** Whether the input is an image; else it is a vector of features. */
  public boolean readsImages() {
    return !layers.isEmpty();
  }

  public int features() {
    return tops.stream().mapToInt(top -> Math.toIntExact(output(top).values())).sum();
  }

  /** What a layer, or the input, gives for one example. */
  public Shape output(String name) {
    return name.equals(INPUT) ? input : layer(name).output();
  }

  public Layer layer(String name) {
    return layers.stream()
        .filter(layer -> layer.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("There is no layer " + name));
  }

  /**
   * A head as a layer on the features. Its index in PyTorch's module is 1: dropout comes before it.
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
   * All parameters, running statistics included: hemisphere by hemisphere, layer by layer, then the
   * heads.
   */
  public List<Parameter> parameters() {
    List<Parameter> parameters = new ArrayList<>();
    layers.forEach(layer -> parameters.addAll(layer.parameters()));
    heads().forEach(head -> parameters.addAll(head(head).parameters()));
    return parameters;
  }

  /** The number of parameters, frozen ones included; running statistics are none. */
  public long parameterCount() {
    return parameters().stream()
        .filter(parameter -> parameter.kind().isTrained())
        .mapToLong(Parameter::count)
        .sum();
  }

  /** Additions and multiplications of all matrix products for one example, forward. */
  public double forwardOperations() {
    return withHeads().mapToDouble(layer -> layer.operation().products(layer.input())).sum();
  }

  /**
   * The same forward and back: what is trained needs the gradients of its weights and, unless it is
   * first, its input.
   */
  public double trainingOperations() {
    return withHeads()
        .mapToDouble(layer -> layer.operation().products(layer.input()) * passes(layer))
        .sum();
  }

  private static int passes(Layer layer) {
    if (layer.isFrozen()) {
      return 1;
    }
    return layer.inputs().contains(INPUT) ? 2 : 3;
  }

  /** How many values of activations one example makes on its way forward, its own included. */
  public long activations() {
    return input.values() + withHeads().mapToLong(layer -> layer.output().values()).sum();
  }

  /**
   * What testing one example costs, comparable between architectures: operations, and values moved
   * as operations.
   */
  public double forwardCost() {
    return forwardOperations() + OPERATIONS_PER_VALUE * activations();
  }

  /** The same for one example of a training step. */
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
