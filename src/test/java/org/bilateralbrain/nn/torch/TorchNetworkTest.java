package org.bilateralbrain.nn.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Initialisation;
import org.bilateralbrain.nn.Layer.Plasticity;
import org.bilateralbrain.nn.Network.Snapshot;
import org.bilateralbrain.nn.Prediction;
import org.bilateralbrain.nn.Sparsity;
import org.bilateralbrain.nn.TestNetworks;
import org.bilateralbrain.nn.Weights;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is reproduced bit for bit. */
class TorchNetworkTest {

  private static final List<Examples> BATCHES = TorchNetworks.batches();
  private static final Architecture RESNET9 = TestNetworks.unilateral(Backbone.RESNET9, 8);

  static List<Architecture> kinds() {
    HemisphereShape sparse =
        new HemisphereShape(
            Backbone.SPARSE_RESNET9, 2, new Sparsity(0.25, 0.5, Sparsity.Testing.SAMPLE));
    return List.of(
        RESNET9,
        TestNetworks.unilateral(Backbone.VGG11, 4),
        TestNetworks.bilateral(sparse, Plasticity.FROZEN, Plasticity.TRAINED));
  }

  @BeforeEach
  @AfterEach
  void oneThread() {
    TorchNetworks.useThreads(1);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void theSameTrainingGivesTheSameWeights(Architecture architecture) {
    assertThat(trained(architecture, TorchDevice.CPU))
        .isEqualTo(trained(architecture, TorchDevice.CPU))
        .isNotEqualTo(Initialisation.draw(architecture, 1).digest());
  }

  @Test
  void theSameTrainingOnTwoThreadsGivesTheSameWeights() {
    String before = trained(RESNET9, TorchDevice.CPU);
    TorchNetworks.useThreads(2);

    assertThat(trained(RESNET9, TorchDevice.CPU))
        .isEqualTo(trained(RESNET9, TorchDevice.CPU))
        .as("sums of two threads are rounded in another order")
        .isNotEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aDeviceThatComputesItsInputsGivesTheSameWeights(Architecture architecture) {
    assertThat(trained(architecture, TorchDevice.CPU_AS_GPU))
        .isEqualTo(trained(architecture, TorchDevice.CPU_AS_GPU))
        .isEqualTo(trained(architecture, TorchDevice.CPU));
  }

  /** The digest of the weights after an epoch. */
  private static String trained(Architecture architecture, TorchDevice device) {
    try (TorchNetwork network = TorchNetworks.create(architecture, device)) {
      TorchNetworks.train(network, BATCHES, 0);
      return network.weights().digest();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aTrainingResumedInAnotherNetworkGivesTheSameWeights(Architecture architecture) {
    try (TorchNetwork first = TorchNetworks.create(architecture, TorchDevice.CPU);
        TorchNetwork second = TorchNetworks.create(architecture, TorchDevice.CPU)) {
      TorchNetworks.train(first, BATCHES, 0);
      Snapshot snapshot = first.snapshot();
      TorchNetworks.train(first, BATCHES, 1);
      second.restore(snapshot);
      TorchNetworks.train(second, BATCHES, 1);

      assertThat(snapshot.step()).isEqualTo(BATCHES.size());
      assertThat(second.weights().digest()).isEqualTo(first.weights().digest());
      assertThat(second.snapshot().optimiser()).isEqualTo(first.snapshot().optimiser());
      assertThat(second.snapshot().step()).isEqualTo(2 * BATCHES.size());
      assertThat(second.meanLoss()).isEqualTo(first.meanLoss());
    }
  }

  @Test
  void aSnapshotOfAnotherNetworkIsRefusedAndChangesNothing() {
    try (TorchNetwork network = TorchNetworks.create(RESNET9, TorchDevice.CPU)) {
      Snapshot before = network.snapshot();
      Weights others = Initialisation.draw(RESNET9, 2);
      float[] otherMoments = new float[before.optimiser().length];
      otherMoments[0] = 1;

      assertThatThrownBy(() -> network.restore(new Snapshot(others, new float[7], 1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(
              "The optimiser has %s moments, the snapshot 7", before.optimiser().length);
      Weights left = others.withPrefixReplaced(Architecture.HEMISPHERE, "left.");
      assertThatThrownBy(() -> network.restore(new Snapshot(left, otherMoments, 1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("The weights don't match the architecture");
      assertThat(network.weights().digest()).isEqualTo(before.weights().digest());
      assertThat(network.snapshot().optimiser()).isEqualTo(before.optimiser());
      assertThat(network.snapshot().step()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Backbone.class)
  void weightsAreThoseThatWereLoaded(Backbone backbone) {
    Architecture architecture = TestNetworks.unilateral(backbone, 2);
    Weights drawn = Initialisation.draw(architecture, 3);
    try (TorchNetwork network = TorchNetworks.create(architecture, TorchDevice.CPU)) {
      network.load(drawn);

      assertThat(List.copyOf(network.weights().tensors().keySet()))
          .isEqualTo(List.copyOf(drawn.tensors().keySet()));
      assertThat(network.weights().digest()).isEqualTo(drawn.digest());
    }
  }

  /** Statistics of the batch, dropout and k-winners over the batch belong to training. */
  @ParameterizedTest
  @MethodSource("kinds")
  void aPredictionDependsOnItsImageAloneAndChangesNothing(Architecture architecture) {
    try (TorchNetwork network = TorchNetworks.create(architecture, TorchDevice.CPU)) {
      TorchNetworks.train(network, BATCHES.subList(0, 2), 0);
      String before = network.weights().digest();
      Examples five = TestNetworks.noise(5, 2);
      Examples one = first((Examples.OfValues) five);

      Prediction ofFive = network.predict(five);
      Prediction ofOne = network.predict(one);

      assertThat(network.weights().digest()).isEqualTo(before);
      assertThat(network.predict(five).logits(Head.FINE)).isDeepEqualTo(ofFive.logits(Head.FINE));
      assertThat(ofFive.logits(Head.COARSE)).hasDimensions(5, 4);
      assertThat(ofFive.features()).hasDimensions(5, architecture.features());
      for (int i = 0; i < architecture.features(); i++) {
        assertThat(ofOne.features()[0][i]).isCloseTo(ofFive.features()[0][i], within(1e-4f));
      }
    }
  }

  private static Examples first(Examples.OfValues examples) {
    int values = examples.values().length / examples.count();
    return new Examples.OfValues(
        Arrays.copyOf(examples.values(), values),
        Arrays.copyOf(examples.fine(), 1),
        Arrays.copyOf(examples.coarse(), 1));
  }
}
