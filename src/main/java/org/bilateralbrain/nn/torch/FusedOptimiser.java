package org.bilateralbrain.nn.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Optimiser;
import org.bilateralbrain.nn.Rates;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * PyTorch's own fused optimisers, as one operation over all parameters of one weight decay; and the
 * moving average of the parameters.
 */
final class FusedOptimiser implements AutoCloseable {

  /**
   * JavaCPP has no bindings for PyTorch's internal operations, but TorchScript calls them all. The
   * lists are arguments, because TorchScript drops an operation that changes nothing but elements
   * of a local list.
   */
  private static final class Script {

    /** Owns the functions; kept beyond the scope of the first caller. */
    private static final CompilationUnit UNIT =
        torch
            .compile(
                """
                def adam(values: List[Tensor], gradients: List[Tensor], steps: List[Tensor],
                         rate: float, decay: float, beta1: float, beta2: float, eps: float,
                         means: List[Tensor], squares: List[Tensor]):
                    torch._fused_adam_(values, gradients, means, squares, [], steps,
                        lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=eps,
                        amsgrad=False, maximize=False)

                def adamw(values: List[Tensor], gradients: List[Tensor], steps: List[Tensor],
                          rate: float, decay: float, beta1: float, beta2: float, eps: float,
                          means: List[Tensor], squares: List[Tensor]):
                    torch._fused_adamw_(values, gradients, means, squares, [], steps,
                        lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=eps,
                        amsgrad=False, maximize=False)

                def sgd(values: List[Tensor], gradients: List[Tensor], buffers: List[Tensor],
                        rate: float, decay: float, momentum: float, nesterov: bool):
                    torch._fused_sgd_(values, gradients, buffers,
                        weight_decay=decay, momentum=momentum, lr=rate, dampening=0.,
                        nesterov=nesterov, maximize=False, is_first_step=False)

                def plain_sgd(values: List[Tensor], gradients: List[Tensor],
                              rate: float, decay: float):
                    torch._fused_sgd_(values, gradients, [],
                        weight_decay=decay, momentum=0., lr=rate, dampening=0.,
                        nesterov=False, maximize=False, is_first_step=False)

                def listed(tensor):
                    return [tensor]
                """)
            .retainReference();

    private static final Function ADAM = function("adam");
    private static final Function ADAMW = function("adamw");
    private static final Function SGD = function("sgd");
    private static final Function PLAIN_SGD = function("plain_sgd");
    private static final Function LISTED = function("listed");

    private Script() {}

    private static Function function(String name) {
      for (Function function : UNIT.get_functions().get()) {
        if (function.name().getString().equals(name)) {
          return function.retainReference();
        }
      }
      throw new IllegalStateException("There is no function " + name);
    }

    static IValue listed(Tensor tensor) {
      return LISTED.apply(new IValueVector(new IValue(tensor))).<IValue>retainReference();
    }
  }

  /**
   * Parameters of one weight decay, each as a list of one tensor.
   *
   * @param state the optimiser's, in its own order
   */
  private record Group(double decay, IValue values, IValue gradients, List<IValue> state) {}

  private final Hyperparameters hyperparameters;
  private final Parameters parameters;

  /** Vectors as long as the learned values: Adam's means and squares, or SGD's buffer, if any. */
  private final List<Tensor> state;

  private final Optional<Tensor> average;
  private final List<Group> groups;

  /** The number of steps taken, as a tensor, which Adam's operation expects on the device. */
  private final Tensor steps;

  private final IValue stepsListed;
  private int stepsTaken;

  @SuppressWarnings("try") // the resource is only a scope
  FusedOptimiser(Parameters parameters, Hyperparameters hyperparameters, TorchDevice device) {
    this.hyperparameters = hyperparameters;
    this.parameters = parameters;
    try (PointerScope scope = new PointerScope()) {
      state =
          IntStream.range(0, vectors(hyperparameters.optimiser()))
              .mapToObj(i -> zeros(parameters))
              .toList();
      average = hyperparameters.averages() ? Optional.of(zeros(parameters)) : Optional.empty();
      steps = device.place(torch.zeros(1)).squeeze().retainReference();
      stepsListed = Script.listed(steps);
      groups = parameters.ranges().stream().map(this::group).toList();
    }
  }

  private static int vectors(Optimiser optimiser) {
    if (optimiser instanceof Optimiser.Sgd sgd) {
      return sgd.momentum() > 0 ? 1 : 0;
    }
    return 2;
  }

  private static Tensor zeros(Parameters parameters) {
    return torch.zeros_like(parameters.learned()).retainReference();
  }

  private Group group(Parameters.Range range) {
    return new Group(
        range.weightDecay(),
        Script.listed(range.of(parameters.learned())),
        Script.listed(range.of(parameters.gradients())),
        state.stream().map(vector -> Script.listed(range.of(vector))).toList());
  }

  /** Changes the parameters by their gradients, in a scope of the caller. */
  void step(Rates rates) {
    stepsTaken++;
    steps.add_(new Scalar(1));
    if (hyperparameters.clips()) {
      clip();
    }
    for (Group group : groups) {
      if (hyperparameters.optimiser() instanceof Optimiser.Adam adam) {
        step(adam, group, rates);
      } else {
        step((Optimiser.Sgd) hyperparameters.optimiser(), group, rates);
      }
    }
    average.ifPresent(this::follow);
  }

  /** As {@code torch.nn.utils.clip_grad_norm_}, without waiting for the device. */
  private void clip() {
    Tensor gradients = parameters.gradients();
    Tensor factor =
        gradients
            .norm()
            .add(new Scalar(1e-6))
            .reciprocal()
            .mul(new Scalar(hyperparameters.clipNorm()))
            .clamp_max_(new Scalar(1));
    gradients.mul_(factor);
  }

  private void step(Optimiser.Adam adam, Group group, Rates rates) {
    IValueVector arguments = new IValueVector(group.values, group.gradients, stepsListed);
    for (double number :
        new double[] {
          rates.learningRate(), group.decay, rates.momentum(), adam.beta2(), adam.epsilon()
        }) {
      arguments.push_back(new IValue(number));
    }
    group.state.forEach(arguments::push_back);
    (adam.decoupled() ? Script.ADAMW : Script.ADAM).run(arguments);
  }

  private void step(Optimiser.Sgd sgd, Group group, Rates rates) {
    IValueVector arguments = new IValueVector(group.values, group.gradients);
    group.state.forEach(arguments::push_back);
    arguments.push_back(new IValue(rates.learningRate()));
    arguments.push_back(new IValue(group.decay));
    if (group.state.isEmpty()) {
      Script.PLAIN_SGD.run(arguments);
    } else {
      arguments.push_back(new IValue(rates.momentum()));
      arguments.push_back(new IValue(sgd.nesterov()));
      Script.SGD.run(arguments);
    }
  }

  private void follow(Tensor mean) {
    Tensor values = parameters.learned();
    if (stepsTaken == 1) {
      mean.copy_(values);
    } else {
      mean.lerp_(values, new Scalar(1 - hyperparameters.averageDecay()));
    }
  }

  /**
   * Sets the parameters to their average.
   *
   * @throws IllegalStateException if none is kept
   */
  void loadAverage() {
    Tensor mean =
        average.orElseThrow(
            () -> new IllegalStateException("The network keeps no average of its parameters"));
    Tensors.withoutGradients(() -> parameters.learned().copy_(mean));
  }

  int stepsTaken() {
    return stepsTaken;
  }

  private List<Tensor> vectors() {
    return Stream.concat(state.stream(), average.stream()).toList();
  }

  /** All vectors, one after the other. */
  float[] moments() {
    List<float[]> all = vectors().stream().map(Tensors::values).toList();
    float[] moments = new float[all.stream().mapToInt(values -> values.length).sum()];
    int position = 0;
    for (float[] values : all) {
      System.arraycopy(values, 0, moments, position, values.length);
      position += values.length;
    }
    return moments;
  }

  void restore(float[] moments, int step) {
    List<Tensor> vectors = new ArrayList<>(vectors());
    int count = Math.toIntExact(parameters.learned().numel());
    if (moments.length != vectors.size() * count) {
      throw new IllegalArgumentException(
          "The optimiser has %s moments, the snapshot %s"
              .formatted(vectors.size() * count, moments.length));
    }
    Tensors.withoutGradients(
        () -> {
          for (int i = 0; i < vectors.size(); i++) {
            float[] values = Arrays.copyOfRange(moments, i * count, (i + 1) * count);
            vectors.get(i).copy_(Tensor.create(values, count));
          }
          return steps.fill_(new Scalar(step));
        });
    stepsTaken = step;
  }

  @Override
  public void close() {
    for (Group group : groups) {
      group.values.close();
      group.gradients.close();
      group.state.forEach(IValue::close);
    }
    stepsListed.close();
    vectors().forEach(Tensor::close);
    steps.close();
  }
}
