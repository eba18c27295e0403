package org.bilateralbrain.nn.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Architecture.Depth;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Colours;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Precision;
import org.bilateralbrain.nn.Rates;
import org.bilateralbrain.nn.Sparsity;
import org.bilateralbrain.nn.TestNetworks;
import org.bilateralbrain.nn.Weights;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every processor computes in bfloat16, if need be slowly. */
class Bfloat16Test {

  private static final Rates FAST = TestNetworks.rates(2e-3);
  private static final Hyperparameters PLAIN = Hyperparameters.adam(0, 0);
  private static final int MAX_STEPS = 60;
  private static final List<Examples> BATCHES = TorchNetworks.batches();

  static List<Backbone> everyKindOfBlock() {
    return TestNetworks.everyKindOfBlock();
  }

  @BeforeEach
  void oneThread() {
    TorchNetworks.useThreads(1);
  }

  private static TorchNetwork network(Architecture architecture, Precision precision) {
    return TorchNetworks.create(architecture, TorchNetworks.PAPER, TorchDevice.CPU, precision);
  }

  @ParameterizedTest
  @MethodSource("everyKindOfBlock")
  void lossesAreNearThoseOfSinglePrecision(Backbone backbone) {
    Architecture architecture = TestNetworks.unilateral(backbone, 4);
    try (TorchNetwork single = network(architecture, Precision.FLOAT32);
        TorchNetwork half = network(architecture, Precision.BF16)) {
      for (Examples batch : BATCHES.subList(0, 5)) {
        double expected = loss(single, batch, TorchNetworks.RATES);
        assertThat(loss(half, batch, TorchNetworks.RATES))
            .isNotEqualTo(expected)
            .isCloseTo(expected, within(0.03 * expected));
      }
    }
  }

  private static double loss(TorchNetwork network, Examples batch, Rates rates) {
    network.startEpoch(0);
    network.step(batch, rates);
    return network.meanLoss();
  }

  @ParameterizedTest
  @MethodSource("everyKindOfBlock")
  void itLearnsColours(Backbone backbone) {
    Architecture architecture =
        TestNetworks.withoutDropout(
            Architecture.unilateral(
                TestNetworks.IMAGE,
                new HemisphereShape(backbone, 4),
                Map.of(Head.FINE, Colours.CLASSES)));
    try (TorchNetwork network =
        TorchNetworks.create(architecture, PLAIN, TorchDevice.CPU, Precision.BF16)) {
      double loss;
      int steps = 0;
      do {
        loss = loss(network, Colours.examples(), FAST);
        steps++;
      } while (loss > Colours.LEARNED && steps < MAX_STEPS);

      assertThat(loss).as("loss after %s steps", steps).isLessThan(Colours.LEARNED);
    }
  }

  @Test
  void weightsAndMomentsStayInSinglePrecision() {
    try (TorchNetwork network =
        network(TestNetworks.unilateral(Backbone.RESNET9, 8), Precision.BF16)) {
      TorchNetworks.train(network, BATCHES.subList(0, 3), 0);

      for (Map.Entry<String, Weights.Tensor> tensor : network.weights().tensors().entrySet()) {
        assertThat(roundedShare(tensor.getValue().values())).as(tensor.getKey()).isLessThan(0.2);
      }
      assertThat(roundedShare(network.snapshot().optimiser())).isLessThan(0.2);
    }
  }

  /** The share of values that bfloat16 can hold. */
  private static double roundedShare(float[] values) {
    int rounded = 0;
    for (float value : values) {
      rounded += (Float.floatToRawIntBits(value) & 0xffff) == 0 ? 1 : 0;
    }
    return (double) rounded / values.length;
  }

  @Test
  void theSameTrainingGivesTheSameWeights() {
    HemisphereShape sparse =
        new HemisphereShape(
            Backbone.SPARSE_RESNET9, 2, new Sparsity(0.25, 0.5, Sparsity.Testing.SAMPLE));
    Architecture architecture =
        Architecture.unilateral(TestNetworks.IMAGE, sparse, TestNetworks.CLASSES);
    List<String> digests = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      try (TorchNetwork network = network(architecture, Precision.BF16)) {
        TorchNetworks.train(network, BATCHES.subList(0, 3), 0);
        digests.add(network.weights().digest());
      }
    }

    assertThat(digests.get(1)).isEqualTo(digests.get(0));
  }

  @Test
  void predictionsAndSaliencyAreNearThoseOfSinglePrecision() {
    Architecture architecture = TestNetworks.unilateral(Backbone.RESNET9, 8);
    Examples image = TestNetworks.noise(1, 2);
    List<String> layers = architecture.maps(Depth.LAST);
    try (TorchNetwork single = network(architecture, Precision.FLOAT32);
        TorchNetwork half = network(architecture, Precision.BF16)) {
      assertNear(half.predict(image).features()[0], single.predict(image).features()[0]);
      assertNear(
          half.predict(image).logits(Head.FINE)[0], single.predict(image).logits(Head.FINE)[0]);
      assertNear(
          half.gradCam(image, layers, Head.FINE, 3).get(0).values(),
          single.gradCam(image, layers, Head.FINE, 3).get(0).values());
    }
  }

  private static void assertNear(float[] actual, float[] expected) {
    double squares = 0;
    double differences = 0;
    for (int i = 0; i < expected.length; i++) {
      squares += expected[i] * expected[i];
      differences += (actual[i] - expected[i]) * (actual[i] - expected[i]);
    }
    assertThat(actual).hasSameSizeAs(expected).isNotEqualTo(expected);
    assertThat(Math.sqrt(differences / squares)).isLessThan(0.02);
  }
}
