package org.bilateralbrain.nn.torch;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bilateralbrain.nn.Hyperparameters;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * PyTorch's own Adam with L2 regularisation, as one operation over all parameters. Beta 1 and 2 are
 * 0.9 and 0.999, epsilon is 1e-8.
 */
final class FusedAdam implements AutoCloseable {

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
                def adam(values: List[Tensor], gradients: List[Tensor], means: List[Tensor],
                         squares: List[Tensor], steps: List[Tensor], rate: float, decay: float):
                    torch._fused_adam_(values, gradients, means, squares, [], steps,
                        lr=rate, beta1=0.9, beta2=0.999, weight_decay=decay, eps=1e-8,
                        amsgrad=False, maximize=False)

                def listed(tensor):
                    return [tensor]
                """)
            .retainReference();

    private static final Function ADAM = function("adam");
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
      return LISTED.apply(new IValueVector(new IValue(tensor)));
    }
  }

  private final Hyperparameters hyperparameters;

  /** The mean of the gradients and of their squares, in the order of the learned values. */
  private final Tensor means;

  private final Tensor squares;

  /** The number of steps taken, as a tensor, which the operation expects on the device. */
  private final Tensor steps;

  /** Lists of one tensor each: learned values, gradients, means, squares, steps. */
  private final List<IValue> lists;

  private int stepsTaken;

  @SuppressWarnings("try") // the resource is only a scope
  FusedAdam(Parameters parameters, Hyperparameters hyperparameters, TorchDevice device) {
    this.hyperparameters = hyperparameters;
    try (PointerScope scope = new PointerScope()) {
      means = torch.zeros_like(parameters.learned()).retainReference();
      squares = torch.zeros_like(parameters.learned()).retainReference();
      steps = device.place(torch.zeros(1)).squeeze().retainReference();
      lists =
          Stream.of(parameters.learned(), parameters.gradients(), means, squares, steps)
              .map(tensor -> Script.listed(tensor).<IValue>retainReference())
              .toList();
    }
  }

  /** Changes the parameters by their gradients, in a scope of the caller. */
  void step() {
    stepsTaken++;
    steps.add_(new Scalar(1));
    IValueVector arguments = new IValueVector(lists.toArray(IValue[]::new));
    arguments.push_back(new IValue(hyperparameters.learningRate()));
    arguments.push_back(new IValue(hyperparameters.weightDecay()));
    Script.ADAM.run(arguments);
  }

  int stepsTaken() {
    return stepsTaken;
  }

  /** The means, then the squares. */
  float[] moments() {
    float[] first = Tensors.values(means);
    float[] second = Tensors.values(squares);
    float[] moments = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, moments, first.length, second.length);
    return moments;
  }

  void restore(float[] moments, int step) {
    int count = Math.toIntExact(means.numel());
    if (moments.length != 2 * count) {
      throw new IllegalArgumentException(
          "The optimiser has %s moments, the snapshot %s".formatted(2 * count, moments.length));
    }
    Tensors.withoutGradients(
        () -> {
          means.copy_(Tensor.create(Arrays.copyOf(moments, count), count));
          squares.copy_(Tensor.create(Arrays.copyOfRange(moments, count, 2 * count), count));
          return steps.fill_(new Scalar(step));
        });
    stepsTaken = step;
  }

  @Override
  public void close() {
    lists.forEach(IValue::close);
    means.close();
    squares.close();
    steps.close();
  }
}
