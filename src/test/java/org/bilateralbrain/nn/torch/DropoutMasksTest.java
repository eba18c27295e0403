package org.bilateralbrain.nn.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.DropoutMask;
import org.bilateralbrain.nn.Layer;
import org.bilateralbrain.nn.TestNetworks;
import org.bilateralbrain.nn.dl4j.Masks;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutMasksTest {

  private static final double DROPPED = 0.6;
  private static final Architecture HEADS = Architecture.heads(8, TestNetworks.CLASSES);

  /** With dropout before both of its linear layers. */
  private static final Architecture VGG = TestNetworks.unilateral(Backbone.VGG11, 1);

  private static final List<String> DROPOUT_OF_VGG =
      List.of("hemisphere.vgg.classifier.2", "hemisphere.vgg.classifier.5");

  @BeforeAll
  static void load() {
    Library.load();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 4095, 4096, 4097, 8192, 3 * 4096 + 17, 1 << 17})
  void masksHashedOnTheDeviceAreThoseFilledInJava(int columns) {
    DropoutMasks filled = masks(HEADS, TorchDevice.CPU, 5);
    DropoutMasks hashed = masks(HEADS, TorchDevice.CPU_AS_GPU, 5);
    for (int step = 0; step < 3; step++) {
      assertThat(factors(hashed, "fine", 1, columns))
          .isEqualTo(factors(filled, "fine", 1, columns));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.1, 1 / 3.0, 0.5, 0.9, 0.999})
  void masksOfEveryProbabilityAreEqual(double dropped) {
    DropoutMasks filled = new DropoutMasks(HEADS, dropped, TorchDevice.CPU);
    DropoutMasks hashed = new DropoutMasks(HEADS, dropped, TorchDevice.CPU_AS_GPU);

    assertThat(factors(hashed, "fine", 10, 500)).isEqualTo(factors(filled, "fine", 10, 500));
  }

  @ParameterizedTest(name = "{0} rows of {1} with seed {2}")
  @CsvSource({"1, 10, 0", "64, 512, 7", "3, 5000, -1", "100, 1024, 9223372036854775807"})
  void theOtherEngineHasTheSameMasks(int rows, int columns, long seed) {
    DropoutMasks masks = masks(VGG, TorchDevice.CPU, seed);
    int number = VGG.layers().size();
    Map<String, Double> droppedBy =
        Map.of(DROPOUT_OF_VGG.get(0), 0.5, "fine", DROPPED, "coarse", DROPPED);
    Map<String, Integer> numbers =
        Map.of(
            DROPOUT_OF_VGG.get(0),
            numberOf(DROPOUT_OF_VGG.get(0)),
            "fine",
            number,
            "coarse",
            number + 1);

    droppedBy.forEach(
        (layer, dropped) -> {
          float[][] expected = Masks.dropout(dropped, seed, numbers.get(layer), rows, columns);
          assertThat(factors(masks, layer, rows, columns)).as(layer).isEqualTo(expected[0]);
          assertThat(factors(masks, layer, rows, columns)).as(layer).isEqualTo(expected[1]);
        });
  }

  private static int numberOf(String layer) {
    return VGG.layers().stream().map(Layer::name).toList().indexOf(layer);
  }

  @Test
  void layersAndHeadsDropDifferentValues() {
    DropoutMasks masks = masks(VGG, TorchDevice.CPU, 3);
    float[] first = factors(masks, DROPOUT_OF_VGG.get(0), 4, 100);
    float[] second = factors(masks, DROPOUT_OF_VGG.get(1), 4, 100);
    float[] fine = factors(masks, "fine", 4, 100);
    float[] coarse = factors(masks, "coarse", 4, 100);

    assertThat(first).isNotEqualTo(second);
    assertThat(fine).isNotEqualTo(coarse);
    assertThat(first).containsOnly(0, 2);
    assertThat(fine).containsOnly(0, 2.5f);
  }

  @Test
  void theSameSeedDropsTheSameValuesAndTheNextStepOthers() {
    DropoutMasks masks = masks(HEADS, TorchDevice.CPU, 7);
    float[] first = factors(masks, "fine", 4, 100);
    float[] second = factors(masks, "fine", 4, 100);
    masks.startEpoch(7);
    float[] again = factors(masks, "fine", 4, 100);
    masks.startEpoch(8);

    assertThat(again).isEqualTo(first).isNotEqualTo(second);
    assertThat(factors(masks, "fine", 4, 100)).isNotEqualTo(first);
  }

  @Test
  void withoutDropoutValuesStayAsTheyAre() {
    DropoutMasks masks = new DropoutMasks(HEADS, 0, TorchDevice.CPU);

    assertThat(factors(masks, "fine", 2, DropoutMask.PIECE)).containsOnly(1);
  }

  private static DropoutMasks masks(Architecture architecture, TorchDevice device, long seed) {
    DropoutMasks masks = new DropoutMasks(architecture, DROPPED, device);
    masks.startEpoch(seed);
    return masks;
  }

  private static float[] factors(DropoutMasks masks, String layer, int rows, int columns) {
    return Tensors.withoutGradients(
        () -> Tensors.values(masks.apply(layer, torch.ones(rows, columns))));
  }
}
