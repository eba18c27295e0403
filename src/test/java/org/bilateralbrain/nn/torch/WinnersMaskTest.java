package org.bilateralbrain.nn.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.bilateralbrain.nn.Sparsity;
import org.bilateralbrain.nn.dl4j.Masks;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the other engine's winners, which are tested against their definition. */
class WinnersMaskTest {

  private static final int RANDOM_CASES = 150;

  private record Images(float[] values, int count, int size, int channels) {}

  @BeforeAll
  static void load() {
    Library.load();
  }

  @ParameterizedTest(
      name = "{0} images of {1} x {1}, {2} channels, k {3}, {4} of the batch, {5} levels above {6}")
  @CsvSource({
    "8, 32, 3, 0.25, 0.5, 5, -2",
    "5, 4, 7, 0.1, 0.3, 3, -1",
    "4, 6, 5, 1, 0.5, 7, -3",
    "4, 6, 5, 0.5, 1, 7, -3",
    "1, 1, 6, 0.2, 0.2, 2, 0",
    "6, 8, 4, 0.9, 0.9, 1, 0",
    "6, 8, 4, 0.5, 0.5, 40, -60",
    "6, 4, 4, 1, 0.9, 1000, -1200"
  })
  void ofEqualValuesTheFirstByImageRowAndColumnWins(
      int count, int size, int channels, double k, double ofBatch, int levels, int lowest) {
    Random random = new Random(count + size);

    assertTheSameWinners(
        images(random, count, size, channels, levels, lowest), sparsity(k, ofBatch));
  }

  @Test
  void randomImagesOfFewLevelsHaveTheSameWinners() {
    Random random = new Random(1);
    for (int i = 0; i < RANDOM_CASES; i++) {
      int levels = 1 + random.nextInt(20);
      Images images =
          images(
              random,
              1 + random.nextInt(6),
              1 + random.nextInt(9),
              1 + random.nextInt(5),
              levels,
              -random.nextInt(levels + 5));

      assertTheSameWinners(images, sparsity(1 - random.nextDouble(), 1 - random.nextDouble()));
    }
  }

  @Test
  void valuesOfAllMagnitudesHaveTheSameWinners() {
    Random random = new Random(2);
    float[] values = new float[4 * 8 * 8 * 3];
    for (int i = 0; i < values.length; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      values[i] = Float.isFinite(value) ? value : Float.MIN_VALUE;
    }

    assertTheSameWinners(new Images(values, 4, 8, 3), sparsity(0.3, 0.6));
  }

  private static Sparsity sparsity(double k, double ofBatch) {
    return new Sparsity(k, ofBatch, Sparsity.Testing.SAMPLE);
  }

  /** Multiples of a fraction, and zeros of both signs. */
  private static Images images(
      Random random, int count, int size, int channels, int levels, int lowest) {
    float[] values = new float[count * size * size * channels];
    for (int i = 0; i < values.length; i++) {
      float value = 0.37f * (lowest + random.nextInt(levels));
      values[i] = value == 0 && random.nextBoolean() ? -0f : value;
    }
    return new Images(values, count, size, channels);
  }

  private static void assertTheSameWinners(Images images, Sparsity sparsity) {
    for (boolean overBatch : new boolean[] {false, true}) {
      assertThat(winners(images, sparsity, overBatch, ScalarType.Float))
          .as("%s, over the batch: %s", sparsity, overBatch)
          .isEqualTo(
              Masks.winners(images.values(), images.count(), images.size(), sparsity, overBatch));
    }
  }

  @Test
  void doublesHaveTheSameWinnersAsFloats() {
    Images images = images(new Random(3), 3, 8, 2, 100, -50);
    Sparsity sparsity = sparsity(0.4, 0.7);

    assertThat(winners(images, sparsity, true, ScalarType.Double))
        .isEqualTo(winners(images, sparsity, true, ScalarType.Float));
  }

  private static float[] winners(
      Images images, Sparsity sparsity, boolean overBatch, ScalarType type) {
    return Tensors.withoutGradients(
        () -> {
          Tensor tensor =
              Tensor.create(
                      images.values(),
                      images.count(),
                      images.size(),
                      images.size(),
                      images.channels())
                  .to(type)
                  .permute(0, 3, 1, 2);
          Tensor mask = WinnersMask.of(tensor, sparsity, overBatch);
          assertThat(mask.scalar_type().intern()).isEqualTo(type);
          return Tensors.values(mask.permute(0, 2, 3, 1));
        });
  }
}
