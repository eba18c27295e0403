package org.bilateralbrain.nn.torch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Layer;
import org.bilateralbrain.nn.Parameter;
import org.bilateralbrain.nn.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A network's parameters. Those that learn are views of one vector, and their gradients of another,
 * so that the optimiser takes its step in one operation. Kernels are stored as (out, height, width,
 * in), the order of channels-last images.
 */
final class Parameters implements AutoCloseable {

  /**
   * A part of the vectors, whose parameters have one weight decay.
   *
   * @param start position of its first value
   */
  record Range(double weightDecay, long start, long count) {

    Tensor of(Tensor vector) {
      return vector.narrow(0, start, count);
    }
  }

  private final TorchDevice device;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Architecture architecture;

  /** The values that learn, one parameter after the other. */
  private final Tensor learned;

  /** The gradient of each of them, summed up by backward passes. */
  private final Tensor gradients;

  private final List<Range> ranges = new ArrayList<>();

  @SuppressWarnings("try") // the resource is only a scope
  Parameters(Architecture architecture, Hyperparameters hyperparameters, TorchDevice device) {
    this.architecture = architecture;
    this.device = device;
    try (PointerScope scope = new PointerScope()) {
      List<Parameter> learning = new ArrayList<>(learning(architecture));
      learning.sort(
          Comparator.comparing(hyperparameters::weightDecayOf, Comparator.reverseOrder()));
      long count = learning.stream().mapToLong(Parameter::count).sum();
      learned = kept(zeros(count));
      gradients = kept(zeros(count));
      for (Parameter parameter : architecture.parameters()) {
        if (!learning.contains(parameter)) {
          tensors.put(parameter.name(), kept(shaped(zeros(parameter.count()), parameter)));
        }
      }
      long position = 0;
      for (Parameter parameter : learning) {
        Tensor leaf = view(learned, position, parameter).detach();
        leaf.set_requires_grad(true);
        leaf.mutable_grad().put(view(gradients, position, parameter));
        tensors.put(parameter.name(), kept(leaf));
        extendRanges(hyperparameters.weightDecayOf(parameter), position, parameter.count());
        position += parameter.count();
      }
    }
  }

  private void extendRanges(double weightDecay, long position, long count) {
    Range last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
    if (last != null && last.weightDecay == weightDecay) {
      ranges.set(ranges.size() - 1, new Range(weightDecay, last.start, last.count + count));
    } else {
      ranges.add(new Range(weightDecay, position, count));
    }
  }

  /** Together, all of the vectors. */
  List<Range> ranges() {
    return List.copyOf(ranges);
  }

  private static List<Parameter> learning(Architecture architecture) {
    return Stream.concat(
            architecture.layers().stream().filter(layer -> !layer.isFrozen()),
            architecture.heads().stream().map(architecture::head))
        .map(Layer::parameters)
        .flatMap(List::stream)
        .filter(parameter -> parameter.kind().isTrained())
        .toList();
  }

  private Tensor zeros(long count) {
    return device.place(torch.zeros(count));
  }

  /** Beyond the current scope, until this is closed. */
  private static Tensor kept(Tensor tensor) {
    return tensor.retainReference();
  }

  private static Tensor view(Tensor all, long position, Parameter parameter) {
    return shaped(all.narrow(0, position, parameter.count()), parameter);
  }

  /** A vector of a parameter's values in PyTorch's logical shape. */
  private static Tensor shaped(Tensor values, Parameter parameter) {
    long[] shape = parameter.shape().stream().mapToLong(Integer::longValue).toArray();
    return shape.length == 4
        ? values.view(shape[0], shape[2], shape[3], shape[1]).permute(0, 3, 1, 2)
        : values.view(shape);
  }

  Tensor learned() {
    return learned;
  }

  Tensor gradients() {
    return gradients;
  }

  /**
   * @param name of the parameter, as in PyTorch's state dict
   */
  Tensor get(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("No parameter is named " + name);
    }
    return tensor;
  }

  TensorOptional optional(String name) {
    return new TensorOptional(get(name));
  }

  /** A copy of the gradients of everything that learns. */
  Weights readGradients() {
    return Tensors.withoutGradients(
        () -> {
          Map<String, Weights.Tensor> copies = new LinkedHashMap<>();
          for (Parameter parameter : learning(architecture)) {
            float[] values = Tensors.values(get(parameter.name()).grad());
            copies.put(parameter.name(), new Weights.Tensor(parameter.shape(), values));
          }
          return new Weights(copies);
        });
  }

  /** A copy of all values. */
  Weights read() {
    return Tensors.withoutGradients(
        () -> {
          Map<String, Weights.Tensor> copies = new LinkedHashMap<>();
          for (Parameter parameter : architecture.parameters()) {
            float[] values = Tensors.values(get(parameter.name()));
            copies.put(parameter.name(), new Weights.Tensor(parameter.shape(), values));
          }
          return new Weights(copies);
        });
  }

  /** Sets all values. */
  void write(Weights weights) {
    for (Parameter parameter : architecture.parameters()) {
      Tensors.withoutGradients(
          () -> {
            long[] shape = parameter.shape().stream().mapToLong(Integer::longValue).toArray();
            Tensor values = Tensor.create(weights.get(parameter.name()).values(), shape);
            return get(parameter.name()).copy_(values);
          });
    }
  }

  @Override
  public void close() {
    tensors.values().forEach(Tensor::close);
    learned.close();
    gradients.close();
  }
}
