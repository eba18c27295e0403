package org.bilateralbrain.nn.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Architecture.Depth;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Engine;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Initialisation;
import org.bilateralbrain.nn.Layer.Plasticity;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Network.ClassMap;
import org.bilateralbrain.nn.Sparsity;
import org.bilateralbrain.nn.TestNetworks;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.nn.dl4j.Gradients;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Gradients and saliency of every backbone against those of the other engine. */
class AgainstDl4jTest {

  private static final int ANSWER = 7;

  private final Engine dl4j = Engines.named("dl4j");

  @BeforeEach
  void oneThread() {
    dl4j.bind(Optional.empty(), 1);
    TorchNetworks.useThreads(1);
  }

  @AfterEach
  void singlePrecision() {
    Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT);
  }

  static Stream<Architecture> everyKind() {
    HemisphereShape sparse =
        new HemisphereShape(
            Backbone.SPARSE_RESNET9, 2, new Sparsity(0.25, 0.5, Sparsity.Testing.SAMPLE));
    return Stream.concat(
        Stream.of(Backbone.values()).map(backbone -> TestNetworks.unilateral(backbone, 2)),
        Stream.of(TestNetworks.bilateral(sparse, Plasticity.TRAINED, Plasticity.FROZEN)));
  }

  /** In single precision, those of ResNet-50 and deeper ones are mostly rounding at this size. */
  @ParameterizedTest
  @MethodSource("everyKind")
  void gradientsOfEveryParameterAgreeInDoublePrecision(Architecture architecture) {
    Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);

    TorchNetworks.inDoublePrecision(() -> assertGradientsAgree(architecture));
  }

  private void assertGradientsAgree(Architecture architecture) {
    Examples images = TestNetworks.noise(4, 3);
    Weights expected;
    try (Network network =
        dl4j.create(architecture, TorchNetworks.PAPER, Initialisation.draw(architecture, 1))) {
      network.startEpoch(0);
      expected = Gradients.of(network, images);
    }
    Map<String, Weights.Tensor> actual;
    try (TorchNetwork network = TorchNetworks.create(architecture, TorchDevice.CPU)) {
      network.startEpoch(0);
      actual = network.gradientsOf(images).tensors();
    }
    double all = norm(actual.values().stream().map(Weights.Tensor::values).toList());
    actual.forEach(
        (name, gradient) -> {
          float[] theirs = expected.get(name).values();
          double noise = 1e-12 * all; // a bias before batch norm has no gradient
          double tolerance = Math.max(noise, 1e-5 * norm(List.of(theirs)));
          assertThat(norm(List.of(difference(gradient.values(), theirs))))
              .as(name)
              .isLessThan(tolerance);
        });
  }

  static Stream<Architecture> unilateralAndBilateral() {
    return Stream.of(Backbone.values())
        .flatMap(
            backbone ->
                Stream.of(
                    TestNetworks.unilateral(backbone, 2),
                    TestNetworks.bilateral(
                        new HemisphereShape(backbone, 2), Plasticity.FROZEN, Plasticity.TRAINED)));
  }

  @ParameterizedTest
  @MethodSource("unilateralAndBilateral")
  void saliencyMapsAgree(Architecture architecture) {
    Weights weights = Initialisation.draw(architecture, 5);
    Examples image = TestNetworks.noise(1, 3);
    List<String> layers =
        Stream.of(Depth.values()).flatMap(depth -> architecture.maps(depth).stream()).toList();
    List<ClassMap> expected;
    try (Network network = dl4j.create(architecture, TorchNetworks.PAPER, weights)) {
      expected = network.gradCam(image, layers, Head.FINE, ANSWER);
    }
    try (TorchNetwork network = TorchNetworks.create(architecture, TorchDevice.CPU)) {
      network.load(weights);
      List<ClassMap> actual = network.gradCam(image, layers, Head.FINE, ANSWER);
      assertThat(actual).hasSameSizeAs(expected);
      for (int i = 0; i < actual.size(); i++) {
        float[] difference = difference(actual.get(i).values(), expected.get(i).values());
        assertThat(actual.get(i).height()).isEqualTo(expected.get(i).height());
        assertThat(actual.get(i).width()).isEqualTo(expected.get(i).width());
        assertThat(largest(difference))
            .as(layers.get(i))
            .isLessThan(1e-4 * largest(expected.get(i).values()));
      }
    }
  }

  private static float[] difference(float[] some, float[] others) {
    assertThat(some).hasSameSizeAs(others);
    float[] difference = new float[some.length];
    for (int i = 0; i < difference.length; i++) {
      difference[i] = some[i] - others[i];
    }
    return difference;
  }

  private static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static double norm(List<float[]> tensors) {
    double squares = 0;
    for (float[] tensor : tensors) {
      for (float value : tensor) {
        squares += (double) value * value;
      }
    }
    return Math.sqrt(squares);
  }
}
