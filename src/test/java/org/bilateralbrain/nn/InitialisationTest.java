package org.bilateralbrain.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class InitialisationTest {

  private static final Architecture NETWORK =
      Architecture.unilateral(
          new Shape(32, 32, 3), new HemisphereShape(Backbone.RESNET9, 8), Map.of(Head.FINE, 100));

  @Test
  void weightsAreUniformWithinOneOverTheRootOfFanIn() {
    Weights drawn = Initialisation.draw(NETWORK, 0);
    float[] convolution = drawn.get("hemisphere.conv2.0.weight").values();
    double bound = 1 / Math.sqrt(3 * 3 * 8);

    assertThat(largest(convolution)).isBetween(0.98 * bound, bound);
    double squares = 0;
    for (float value : convolution) {
      squares += (double) value * value;
    }
    assertThat(Math.sqrt(squares / convolution.length))
        .isCloseTo(bound / Math.sqrt(3), within(0.03 * bound));
    assertThat(largest(drawn.get("fine_head.1.bias").values())).isBetween(0.9 / 8, 1 / 8.0);
  }

  /** Deviations of torchvision's rules: sqrt(2 / (9 x output channels)), and 0.01. */
  @ParameterizedTest
  @CsvSource({
    "features.3, 0.1178511",
    "features.8, 0.0833333",
    "features.18, 0.0589256",
    "classifier.0, 0.01",
    "classifier.3, 0.01"
  })
  void vgg11StartsNormallyDistributedAsInTorchvision(String layer, double deviation) {
    Weights drawn = Initialisation.draw(TestNetworks.unilateral(Backbone.VGG11, 8), 0);
    float[] values = drawn.get("hemisphere.vgg." + layer + ".weight").values();

    DescriptiveStatistics statistics = new DescriptiveStatistics();
    int beyond = 0;
    for (float value : values) {
      statistics.addValue(value / deviation);
      beyond += Math.abs(value / deviation) > 1.959964 ? 1 : 0;
    }
    double error = 1 / Math.sqrt(values.length); // the standard error of the mean
    assertThat(statistics.getMean()).isCloseTo(0, within(4 * error));
    assertThat(statistics.getStandardDeviation()).isCloseTo(1, within(4 * error));
    assertThat(statistics.getSkewness()).isCloseTo(0, within(4 * Math.sqrt(6) * error));
    assertThat(statistics.getKurtosis()).isCloseTo(0, within(4 * Math.sqrt(24) * error));
    assertThat((double) beyond / values.length).isCloseTo(0.05, within(error));
    assertThat(drawn.get("hemisphere.vgg." + layer + ".bias").values()).containsOnly(0);
  }

  @ParameterizedTest
  @EnumSource(names = {"VGG11", "VGG11_FEATURES"})
  void theHeadsOfVgg11StartWithPyTorchsDefaults(Backbone backbone) {
    Architecture network = TestNetworks.unilateral(backbone, 8);
    Weights drawn = Initialisation.draw(network, 0);
    double bound = 1 / Math.sqrt(network.features());

    assertThat(largest(drawn.get("fine_head.1.weight").values())).isBetween(0.98 * bound, bound);
    assertThat(largest(drawn.get("fine_head.1.bias").values())).isBetween(0.5 * bound, bound);
    assertThat(drawn.get("hemisphere.vgg.features.0.bias").values()).containsOnly(0);
  }

  @Test
  void batchNormStartsAsTheIdentity() {
    Weights drawn = Initialisation.draw(NETWORK, 0);

    assertThat(drawn.get("hemisphere.conv1.1.weight").values()).containsOnly(1);
    assertThat(drawn.get("hemisphere.conv1.1.bias").values()).containsOnly(0);
    assertThat(drawn.get("hemisphere.conv1.1.running_mean").values()).containsOnly(0);
    assertThat(drawn.get("hemisphere.conv1.1.running_var").values()).containsOnly(1);
  }

  @Test
  void weightsDependOnlyOnTheSeed() {
    String digest = Initialisation.draw(NETWORK, 5).digest();

    assertThat(Initialisation.draw(NETWORK, 5).digest()).isEqualTo(digest);
    assertThat(Initialisation.draw(NETWORK, 6).digest()).isNotEqualTo(digest);
    assertThat(digest)
        .as("the same on every machine and for every engine")
        .isEqualTo("e6da9f3cdd7c586993f1005b4e6cbfc3f9565b9cdca7e810e13be7bfb569657a");
  }

  private static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
