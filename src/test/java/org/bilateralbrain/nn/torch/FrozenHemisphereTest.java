package org.bilateralbrain.nn.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Initialisation;
import org.bilateralbrain.nn.Layer.Plasticity;
import org.bilateralbrain.nn.TestNetworks;
import org.bilateralbrain.nn.Weights;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FrozenHemisphereTest {

  private static final HemisphereShape OTHER = new HemisphereShape(Backbone.RESNET9, 1);

  @BeforeEach
  void oneThread() {
    TorchNetworks.useThreads(1);
  }

  /** Including its running statistics, while the other one and the heads are trained. */
  @ParameterizedTest
  @EnumSource(Backbone.class)
  void itKeepsItsWeightsAndFeatures(Backbone backbone) {
    HemisphereShape shape = new HemisphereShape(backbone, 2);
    Architecture alone = Architecture.unilateral(TestNetworks.IMAGE, shape, TestNetworks.CLASSES);
    Architecture both =
        Architecture.bilateral(
            TestNetworks.IMAGE,
            shape,
            Plasticity.FROZEN,
            OTHER,
            Plasticity.TRAINED,
            TestNetworks.CLASSES);
    Weights pretrained = Initialisation.draw(alone, 5);
    Weights initial =
        Initialisation.draw(both, 1)
            .with(pretrained.withPrefixReplaced(Architecture.HEMISPHERE, "left."));
    Examples images = TestNetworks.noise(3, 7);
    try (TorchNetwork one = TorchNetworks.create(alone, TorchDevice.CPU);
        TorchNetwork two = TorchNetworks.create(both, TorchDevice.CPU)) {
      one.load(pretrained);
      two.load(initial);
      two.startEpoch(0);
      two.step(images, TorchNetworks.RATES);
      two.step(images, TorchNetworks.RATES);

      Weights after = two.weights();
      assertThat(part(after, "left.")).isEqualTo(part(initial, "left."));
      for (String trained : new String[] {"right.", "fine_head.", "coarse_head."}) {
        assertThat(part(after, trained)).as(trained).isNotEqualTo(part(initial, trained));
      }
      float[][] expected = one.predict(images).features();
      float[][] features = two.predict(images).features();
      for (int i = 0; i < features.length; i++) {
        assertThat(Arrays.copyOf(features[i], shape.features())).isEqualTo(expected[i]);
      }
    }
  }

  private static String part(Weights weights, String prefix) {
    return weights.withPrefixReplaced(prefix, "").digest();
  }
}
