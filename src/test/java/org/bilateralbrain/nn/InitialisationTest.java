package org.bilateralbrain.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

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
