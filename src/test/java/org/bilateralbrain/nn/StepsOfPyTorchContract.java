package org.bilateralbrain.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An engine takes the same steps as PyTorch's optimisers: the loss before each step, a projection
 * of all parameters and running statistics after it, and all of them after the last. PyTorch's side
 * is computed in double precision. Prints the largest differences.
 */
public abstract class StepsOfPyTorchContract {

  /** As shares of losses and of a tensor's largest value. */
  private record Tolerance(double ofLosses, double ofValues) {

    /**
     * Weights are read, and PyTorch's are stored, as floats; libtorch's losses read float logits.
     */
    static final Tolerance DOUBLE = new Tolerance(1e-6, 1e-6);

    /**
     * Rounding of gradients, carried on over seven steps; differences up to 4e-5 have been seen, in
     * statistics recomputed from it.
     */
    static final Tolerance SINGLE = new Tolerance(1e-5, 2e-4);

    /** Adam's steps are as large for a gradient that is mostly rounding as for any other: 1e-4. */
    static final Tolerance SINGLE_OF_ADAM = new Tolerance(1e-4, 1e-3);

    static Tolerance single(Optimiser optimiser) {
      return optimiser instanceof Optimiser.Adam ? SINGLE_OF_ADAM : SINGLE;
    }
  }

  protected abstract Network create(Architecture architecture, Hyperparameters hyperparameters);

  /** Runs a training whose networks compute in double precision. */
  protected abstract void inDoublePrecision(Runnable training);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "adam",
        "adam-decay",
        "adam-decay-weights",
        "adamw-decay",
        "adamw-decay-weights",
        "sgd",
        "sgd-decay",
        "momentum-decay",
        "momentum-decay-weights",
        "nesterov",
        "nesterov-decay-weights",
        "clipped-momentum-decay",
        "clipped-adam-decay",
        "one-cycle-nesterov",
        "one-cycle-adam",
        "smoothing-one-head",
        "smoothing-two-heads",
        "average-momentum",
        "average-adamw-norm-momentum",
        "heads-adam",
        "heads-all"
      })
  void everyStepIsThatOfPyTorch(String name) throws IOException {
    StepsOfPyTorch given = StepsOfPyTorch.named(name);
    assertThat(given.architecture().parameters().stream().map(Parameter::name))
        .containsExactlyElementsOf(given.names());
    String single = assertSteps(given, Tolerance.single(given.hyperparameters().optimiser()));
    inDoublePrecision(
        () ->
            System.out.printf(
                "steps %s %-28s single %s double %s%n",
                getClass().getName(), name, single, assertSteps(given, Tolerance.DOUBLE)));
  }

  private String assertSteps(StepsOfPyTorch given, Tolerance tolerance) {
    double ofLosses = 0;
    try (Network network = create(given.architecture(), given.hyperparameters())) {
      network.load(given.start());
      for (int step = 0; step < given.steps(); step++) {
        network.startEpoch(step);
        network.step(given.batch(step), given.rates(step));
        ofLosses = Math.max(ofLosses, assertLoss(network, given, step, tolerance));
      }
      double ofValues = assertClose(network.weights(), given.end(), tolerance);
      if (given.averages()) {
        network.loadAverage(
            IntStream.range(given.steps(), given.steps() + 3).mapToObj(given::batch).toList());
        ofValues = Math.max(ofValues, assertClose(network.weights(), given.average(), tolerance));
      }
      return "losses %.0e values %.0e".formatted(ofLosses, ofValues);
    }
  }

  private static double assertLoss(
      Network network, StepsOfPyTorch given, int step, Tolerance tolerance) {
    double loss = given.loss(step);
    assertThat(network.meanLoss())
        .as("loss of step %s", step)
        .isCloseTo(loss, within(tolerance.ofLosses * loss));
    Weights weights = network.weights();
    assertThat(StepsOfPyTorch.projection(weights))
        .as("projection after step %s", step)
        .isCloseTo(given.projection(step), within(tolerance.ofValues * norm(weights)));
    return Math.abs(network.meanLoss() / loss - 1);
  }

  private static double norm(Weights weights) {
    return Math.sqrt(
        weights.tensors().values().stream()
            .mapToDouble(tensor -> GoldenDifferences.norm(tensor.values()))
            .map(norm -> norm * norm)
            .sum());
  }

  private static double assertClose(Weights actual, Weights expected, Tolerance tolerance) {
    double largest = 0;
    for (Map.Entry<String, Weights.Tensor> tensor : expected.tensors().entrySet()) {
      float[] theirs = tensor.getValue().values();
      float[] ours = actual.get(tensor.getKey()).values();
      double scale = 0;
      double difference = 0;
      for (int i = 0; i < theirs.length; i++) {
        scale = Math.max(scale, Math.abs(theirs[i]));
        difference = Math.max(difference, Math.abs(ours[i] - theirs[i]));
      }
      assertThat(difference).as(tensor.getKey()).isLessThan(tolerance.ofValues * scale);
      largest = Math.max(largest, difference / scale);
    }
    return largest;
  }
}
