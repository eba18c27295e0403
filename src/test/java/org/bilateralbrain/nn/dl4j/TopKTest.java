package org.bilateralbrain.nn.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.bilateralbrain.nn.dl4j.Winners.TopK;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The choice of the k largest values against its definition: the first k after a stable sort in
 * descending order.
 */
class TopKTest {

  @ParameterizedTest(name = "{1} of {0} values of {2} levels around 0")
  @CsvSource({
    "1, 1, 1",
    "16, 5, 3",
    "64, 1, 2",
    "64, 16, 4",
    "100, 50, 3",
    "1000, 1, 7",
    "1000, 999, 7",
    "1000, 1000, 7",
    "1024, 256, 1",
    "1024, 256, 5",
    "1024, 922, 40",
    "262144, 65536, 5",
    "262144, 235930, 1000"
  })
  void ofEqualValuesTheFirstAreChosen(int n, int k, int levels) {
    Random random = new Random(n + k + levels);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = 0.37f * (random.nextInt(levels) - levels / 2);
    }

    assertThat(chosen(k, values)).isEqualTo(byDefinition(k, values));
  }

  @ParameterizedTest(name = "{1} of {0} different values, of all magnitudes")
  @CsvSource({"1000, 1", "1000, 300", "1000, 1000", "262144, 131072"})
  void theLargestAreChosenWhateverTheirSignAndMagnitude(int n, int k) {
    Random random = new Random(n + k);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      values[i] = Float.isNaN(value) ? Float.MIN_VALUE : value;
    }

    assertThat(chosen(k, values)).isEqualTo(byDefinition(k, values));
  }

  @Test
  void bothZerosAreEqual() {
    assertThat(chosen(2, -0f, 0f, -0f, 0f)).containsExactly(0, 1);
    assertThat(chosen(2, -1f, 0f, -0f, 0f)).containsExactly(1, 2);
    assertThat(chosen(3, -0f, -Float.MIN_VALUE, Float.MIN_VALUE, 0f)).containsExactly(0, 2, 3);
  }

  @Test
  void infiniteValuesAreTheExtremes() {
    assertThat(chosen(1, Float.MAX_VALUE, Float.POSITIVE_INFINITY, 1f)).containsExactly(1);
    assertThat(chosen(2, Float.NEGATIVE_INFINITY, -Float.MAX_VALUE, 0f)).containsExactly(1, 2);
  }

  @Test
  void allNansAreEqualAndAboveAllNumbers() {
    float negative = Float.intBitsToFloat(0xffc00001);

    assertThat(chosen(1, 1f, negative, Float.POSITIVE_INFINITY, Float.NaN)).containsExactly(1);
    assertThat(chosen(2, 1f, negative, Float.POSITIVE_INFINITY, Float.NaN)).containsExactly(1, 3);
    assertThat(chosen(2, Float.NaN, Float.NaN, Float.NaN)).containsExactly(0, 1);
  }

  private static int[] chosen(int k, float... values) {
    TopK topK = new TopK(values.length);
    for (int i = 0; i < values.length; i++) {
      topK.set(i, values[i]);
    }
    byte[] chosen = new byte[values.length];
    topK.choose(k, chosen);
    return IntStream.range(0, chosen.length).filter(i -> chosen[i] == 1).toArray();
  }

  private static int[] byDefinition(int k, float[] values) {
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -values[i] + 0.0)) // minus zero plus zero is zero
        .limit(k)
        .mapToInt(Integer::intValue)
        .sorted()
        .toArray();
  }
}
