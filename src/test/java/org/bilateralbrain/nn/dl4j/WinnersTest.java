package org.bilateralbrain.nn.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The two steps of k-winners against their definition, carried out by sorting. */
class WinnersTest {

  @ParameterizedTest(
      name = "{0} images of {1} x {1}, {2} channels, k {3}, {4} of the batch, mean {5}")
  @CsvSource({
    "8, 32, 3, 0.25, 0.5, 0",
    "5, 4, 7, 0.1, 0.3, 0",
    "3, 5, 4, 1, 1, 0",
    "4, 6, 5, 1, 0.5, 0",
    "4, 6, 5, 0.5, 1, 0",
    "1, 1, 6, 0.2, 0.2, 0",
    "6, 8, 4, 0.5, 0.5, -3",
    "6, 4, 4, 1, 0.9, -3"
  })
  void theLargestWinFirstInEachMapThenInEachChannel(
      int images, int size, int channels, double k, double ofBatch, double mean) {
    Nd4j.getRandom().setSeed(images + size);
    INDArray values = Nd4j.randn(DataType.FLOAT, images, size, size, channels).addi(mean);

    assertWinnersByDefinition(values, k, ofBatch);
  }

  @ParameterizedTest(name = "{0} images of {1} x {1}, {2} channels, k {3}, {4} of the batch")
  @CsvSource({
    "8, 32, 3, 0.25, 0.5",
    "5, 4, 7, 0.1, 0.3",
    "4, 6, 5, 1, 0.5",
    "4, 6, 5, 0.5, 1",
    "6, 8, 4, 0.9, 0.9"
  })
  void ofEqualValuesTheFirstByImageRowAndColumnWins(
      int images, int size, int channels, double k, double ofBatch) {
    Nd4j.getRandom().setSeed(images + size);
    INDArray fewLevels =
        Transforms.round(
            Nd4j.randn(DataType.FLOAT, images, size, size, channels)); // zeros of both signs

    assertWinnersByDefinition(fewLevels, k, ofBatch);
  }

  private static void assertWinnersByDefinition(INDArray values, double k, double ofBatch) {
    Winners winners = Winners.ofMaps(values, k);
    float[] afterMaps = passed(values, winners);
    assertThat(afterMaps).isEqualTo(byDefinitionInMaps(values, k));
    winners.chooseOverBatch(ofBatch);
    assertThat(passed(values, winners))
        .isEqualTo(byDefinitionInChannels(values, afterMaps, k, ofBatch));
  }

  @Test
  void whereAllValuesAreEqualTheFirstPositionsWin() {
    INDArray values = Nd4j.ones(DataType.FLOAT, 2, 2, 3, 1);

    Winners winners = Winners.ofMaps(values, 0.6);
    assertThat(mask(values, winners).dup('c').data().asInt())
        .containsExactly(1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0);
    winners.chooseOverBatch(0.75);
    assertThat(mask(values, winners).dup('c').data().asInt())
        .containsExactly(1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0);
  }

  @Test
  void nansDoNoHarm() {
    INDArray values = Nd4j.valueArrayOf(new long[] {2, 3, 3, 2}, Float.NaN, DataType.FLOAT);

    Winners winners = Winners.ofMaps(values, 0.3);
    winners.chooseOverBatch(0.5);
    assertThat(mask(values, winners).sumNumber().intValue()).isEqualTo(2 * 3);
  }

  @Test
  void doublesHaveTheSameWinnersAsFloats() {
    Nd4j.getRandom().setSeed(1);
    INDArray floats = Nd4j.randn(DataType.FLOAT, 3, 4, 4, 2);
    Winners ofFloats = Winners.ofMaps(floats, 0.4);
    Winners ofDoubles = Winners.ofMaps(floats.castTo(DataType.DOUBLE), 0.4);
    INDArray mask = Nd4j.create(DataType.DOUBLE, 3, 4, 4, 2);
    ofDoubles.writeTo(mask);

    assertThat(mask.castTo(DataType.FLOAT)).isEqualTo(mask(floats, ofFloats));
  }

  private static float[] byDefinitionInMaps(INDArray values, double k) {
    float[] all = values.dup('c').data().asFloat();
    int pixels = (int) (values.size(1) * values.size(2));
    int channels = (int) values.size(3);
    float[] kept = new float[all.length];
    for (int image = 0; image < values.size(0); image++) {
      for (int channel = 0; channel < channels; channel++) {
        int start = image * pixels * channels + channel;
        int[] map = IntStream.range(0, pixels).map(p -> start + p * channels).toArray();
        keepLargest(all, map, (int) Math.ceil(k * values.size(1) * values.size(2)), kept);
      }
    }
    return kept;
  }

  private static float[] byDefinitionInChannels(
      INDArray values, float[] afterMaps, double k, double ofBatch) {
    int pixels = (int) (values.size(1) * values.size(2));
    int channels = (int) values.size(3);
    int perMap = (int) Math.ceil(k * values.size(1) * values.size(2));
    float[] kept = new float[afterMaps.length];
    for (int channel = 0; channel < channels; channel++) {
      int start = channel;
      int[] places =
          IntStream.range(0, (int) values.size(0) * pixels)
              .map(p -> start + p * channels)
              .toArray();
      keepLargest(afterMaps, places, (int) Math.ceil(ofBatch * perMap * values.size(0)), kept);
    }
    return kept;
  }

  private static void keepLargest(float[] values, int[] places, int count, float[] kept) {
    Arrays.stream(places)
        .boxed()
        .sorted(
            Comparator.comparingDouble((Integer place) -> -values[place] + 0.0)
                .thenComparing(Comparator.naturalOrder()))
        .limit(count)
        .forEach(place -> kept[place] = values[place] + 0f); // minus zero plus zero is zero
  }

  private static float[] passed(INDArray values, Winners winners) {
    // plus zero: negative values that lost are minus zero
    return values.mul(mask(values, winners)).add(0f).dup('c').data().asFloat();
  }

  private static INDArray mask(INDArray values, Winners winners) {
    INDArray mask = Nd4j.create(DataType.FLOAT, values.shape());
    winners.writeTo(mask);
    return mask;
  }
}
