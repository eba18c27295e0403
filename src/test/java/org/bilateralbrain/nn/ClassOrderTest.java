package org.bilateralbrain.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ClassOrderTest {

  @Test
  void theReferenceSortsClassNumbersAsText() {
    assertThat(ClassOrder.textOrder(20))
        .containsExactly(0, 1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(ClassOrder.textOrder(100))
        .startsWith(0, 1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 2, 20, 21)
        .endsWith(89, 9, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99)
        .doesNotHaveDuplicates();
    assertThat(ClassOrder.textOrder(10)).isSorted();
  }

  @Test
  void onlyTheHeadsRowsAreReordered() {
    Architecture network =
        Architecture.unilateral(
            TestNetworks.IMAGE, new HemisphereShape(Backbone.RESNET9, 1), Map.of(Head.COARSE, 12));
    Weights drawn = Initialisation.draw(network, 1);

    Weights numeric = ClassOrder.REFERENCE.numeric(network, drawn);

    assertThat(numeric.differences(network)).isEmpty();
    float[] bias = drawn.get("coarse_head.1.bias").values();
    assertThat(numeric.get("coarse_head.1.bias").values())
        .as("rows 0 to 11 belong to the classes 0, 1, 10, 11, 2, 3, …")
        .containsExactly(
            bias[0], bias[1], bias[4], bias[5], bias[6], bias[7], bias[8], bias[9], bias[10],
            bias[11], bias[2], bias[3]);
    for (int input = 0; input < 8; input++) {
      assertThat(numeric.get("coarse_head.1.weight").values()[10 * 8 + input])
          .isEqualTo(drawn.get("coarse_head.1.weight").values()[2 * 8 + input]);
    }
    assertThat(numeric.withPrefixReplaced(Architecture.HEMISPHERE, "").digest())
        .isEqualTo(drawn.withPrefixReplaced(Architecture.HEMISPHERE, "").digest());
    assertThat(ClassOrder.NUMERIC.numeric(network, drawn)).isSameAs(drawn);
  }
}
