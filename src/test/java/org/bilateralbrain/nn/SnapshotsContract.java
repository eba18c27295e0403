package org.bilateralbrain.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.bilateralbrain.nn.Layer.Plasticity;
import org.bilateralbrain.nn.Network.Snapshot;
import org.bilateralbrain.nn.Schedule.Length;
import org.bilateralbrain.nn.Schedule.OneCycle;
import org.bilateralbrain.nn.Schedule.OneCycle.Annealing;
import org.bilateralbrain.nn.Schedule.OneCycle.MomentumCycle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A snapshot holds all that the rest of a training depends on, whatever it trains with. */
public abstract class SnapshotsContract {

  private static final Length LENGTH = new Length(2, 5);
  private static final Rates BASE = new Rates(0.05, 0.9);
  private static final Schedule CYCLE =
      new OneCycle(0.4, Annealing.COS, 25, 1e4, false, new MomentumCycle(0.8, 0.95, true));

  /** One hemisphere learns, with norms that follow the batches, one is frozen. */
  private static final Architecture ARCHITECTURE =
      TestNetworks.bilateral(
          new HemisphereShape(Backbone.RESNET9, 2), Plasticity.TRAINED, Plasticity.FROZEN);

  protected abstract Network create(Architecture architecture, Hyperparameters hyperparameters);

  private static Hyperparameters everything(Optimiser optimiser) {
    return new Hyperparameters(optimiser, 1e-3, false, 0.5, 0.1, 0.7, 0.2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5, 7})
  void aTrainingResumedInACycleIsTheOneThatWentOn(int interruption) {
    Hyperparameters hyperparameters = everything(new Optimiser.Sgd(0.9, true));
    assertResumes(hyperparameters, interruption);
  }

  @Test
  void soIsOneWithAdam() {
    assertResumes(everything(new Optimiser.Adam(0.9, 0.99, 1e-8, true)), 4);
  }

  private void assertResumes(Hyperparameters hyperparameters, int interruption) {
    try (Network whole = create(hyperparameters);
        Network resumed = create(hyperparameters)) {
      train(whole, 0, interruption);
      Snapshot snapshot = whole.snapshot();
      whole.startEpoch(1);
      resumed.restore(snapshot);
      resumed.startEpoch(1);
      int end = Math.toIntExact(LENGTH.steps());
      train(whole, interruption, end);
      train(resumed, snapshot.step(), end);

      assertThat(resumed.meanLoss()).isEqualTo(whole.meanLoss());
      assertThat(resumed.snapshot().optimiser()).isEqualTo(whole.snapshot().optimiser());
      assertThat(digest(resumed)).isEqualTo(digest(whole));
      whole.loadAverage(batches());
      resumed.loadAverage(batches());
      assertThat(digest(resumed))
          .isEqualTo(digest(whole))
          .isNotEqualTo(snapshot.weights().digest());
    }
  }

  @Test
  void theAverageLeavesAFrozenHemisphereAsItIs() {
    try (Network network = create(everything(new Optimiser.Sgd(0.9, false)))) {
      Weights start = network.weights();
      train(network, 0, 3);
      Weights trained = network.weights();
      network.loadAverage(batches());
      for (Weights weights : List.of(trained, network.weights())) {
        weights
            .tensors()
            .forEach(
                (name, tensor) -> {
                  float[] before = start.get(name).values();
                  if (name.startsWith("right.")) {
                    assertThat(tensor.values()).as(name).isEqualTo(before);
                  } else {
                    assertThat(tensor.values()).as(name).isNotEqualTo(before);
                  }
                });
      }
      assertThat(network.weights().digest()).isNotEqualTo(trained.digest());
    }
  }

  @Test
  void loadingTheAverageDoesNotChangeIt() {
    try (Network network = create(everything(new Optimiser.Sgd(0.9, false)))) {
      train(network, 0, 3);
      float[] before = network.snapshot().optimiser();
      network.loadAverage(batches());
      assertThat(network.snapshot().optimiser()).isEqualTo(before);
    }
  }

  @Test
  void aSnapshotOfAnotherOptimiserIsRejected() {
    try (Network adam = create(Hyperparameters.adam(0, 0));
        Network sgd = create(everything(new Optimiser.Sgd(0.9, false)))) {
      train(adam, 0, 1);
      Snapshot plain = new Snapshot(adam.weights(), new float[] {1, 2}, 1);
      assertThatThrownBy(() -> sgd.restore(plain)).hasMessageContaining("the snapshot 2");
    }
  }

  @Test
  void plainDescentHasNoMoments() {
    Hyperparameters plain =
        new Hyperparameters(
            new Optimiser.Sgd(0, false), 0, true, Double.POSITIVE_INFINITY, 0, 0, 0);
    try (Network network = create(plain);
        Network resumed = create(plain)) {
      train(network, 0, 2);
      Snapshot snapshot = network.snapshot();
      assertThat(snapshot.optimiser()).isEmpty();
      resumed.restore(snapshot);
      train(network, 2, 3);
      train(resumed, 2, 3);
      assertThat(digest(resumed)).isEqualTo(digest(network));
      assertThatThrownBy(() -> network.loadAverage(batches()))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  private Network create(Hyperparameters hyperparameters) {
    Network network = create(ARCHITECTURE, hyperparameters);
    network.load(Initialisation.draw(ARCHITECTURE, 1));
    network.startEpoch(0);
    return network;
  }

  private static void train(Network network, int from, int to) {
    for (int step = from; step < to; step++) {
      network.step(TestNetworks.noise(8, step), CYCLE.at(step, LENGTH, BASE));
    }
  }

  private static List<Examples> batches() {
    return IntStream.range(100, 103).mapToObj(i -> TestNetworks.noise(8, i)).toList();
  }

  private static String digest(Network network) {
    return network.weights().digest();
  }
}
