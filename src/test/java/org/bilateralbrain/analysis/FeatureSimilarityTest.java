package org.bilateralbrain.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;
import org.bilateralbrain.store.AnalysisFile.CaseSimilarity;
import org.bilateralbrain.store.AnalysisFile.Similarity;
import org.junit.jupiter.api.Test;

class FeatureSimilarityTest {

  private static final List<Integer> ALL_CASES = IntStream.range(0, 16).boxed().toList();
  private static final int LEFT = 3;
  private static final int[] FINE = {0, 0, 1, 1, 2, 2, 2, 3, 3, 0};
  private static final int[] COARSE = {0, 0, 0, 0, 1, 1, 1, 1, 1, 0};

  @Test
  void meansAreThoseOverAllPairs() {
    float[][] features = features();

    Similarity similarity = FeatureSimilarity.of(features, LEFT, FINE, COARSE);

    for (var space : similarity.spaces().entrySet()) {
      int from = space.getKey().equals("right") ? LEFT : 0;
      int to = space.getKey().equals("left") ? LEFT : features[0].length;
      assertThat(space.getValue().sameClass())
          .as(space.getKey())
          .isEqualTo(mean(features, from, to, (i, j) -> FINE[i] == FINE[j]), within(1e-6));
      assertThat(space.getValue().sameSuperclass())
          .isEqualTo(
              mean(features, from, to, (i, j) -> FINE[i] != FINE[j] && COARSE[i] == COARSE[j]),
              within(1e-6));
      assertThat(space.getValue().otherSuperclass())
          .isEqualTo(mean(features, from, to, (i, j) -> COARSE[i] != COARSE[j]), within(1e-6));
    }
    assertThat(similarity.spaces()).containsOnlyKeys("left", "right", "joined");
  }

  @Test
  void theJointDistributionCountsEachPairOfImagesOfAClassOnce() {
    Similarity similarity = FeatureSimilarity.of(features(), LEFT, FINE, COARSE);

    assertThat(Arrays.stream(similarity.joint()).flatMapToInt(Arrays::stream).sum())
        .isEqualTo(3 + 1 + 3 + 1);
  }

  @Test
  void identicalImagesAreInTheLastBinAndImagesWithoutFeaturesInTheFirst() {
    float[][] features = {{1, 2, 3, 0, 0}, {2, 4, 6, 0, 0}};

    Similarity similarity =
        FeatureSimilarity.of(features, LEFT, new int[] {0, 0}, new int[] {0, 0});

    assertThat(similarity.joint()[similarity.joint().length - 1][0]).isEqualTo(1);
    assertThat(similarity.spaces().get("left").sameClass()).isEqualTo(1, within(1e-6));
    assertThat(similarity.spaces().get("right").sameClass()).isZero();
    assertThat(similarity.spaces().get("left").otherSuperclass())
        .as("there is no such pair")
        .isNaN();
  }

  @Test
  void withOneImagePerClassTheSimilarityWithinClassesIsNan() {
    int[] classes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

    Similarity similarity = FeatureSimilarity.of(features(), LEFT, classes, COARSE);

    assertThat(similarity.spaces().get("joined").sameClass()).isNaN();
    assertThat(similarity.spaces().get("joined").sameSuperclass()).isBetween(0.0, 1.0);
  }

  @Test
  void meansByCaseAreThoseOverAllPairsWithAnImageOfTheCase() {
    float[][] features = features();
    int[] cases = {15, 15, 0, 15, 3, 3, 3, 0, 15, 15};

    List<CaseSimilarity> byCase = FeatureSimilarity.byCase(features, LEFT, FINE, COARSE, cases);

    assertThat(byCase).extracting(CaseSimilarity::splitCase).containsExactlyElementsOf(ALL_CASES);
    for (CaseSimilarity of : byCase) {
      int number = of.splitCase();
      assertThat(of.images())
          .isEqualTo((int) Arrays.stream(cases).filter(each -> each == number).count());
      of.spaces()
          .forEach(
              (name, space) -> {
                int from = name.equals("right") ? LEFT : 0;
                int to = name.equals("left") ? LEFT : features[0].length;
                assertThat(space.toOthers().sameClass())
                    .as("case %s, %s", number, name)
                    .isEqualTo(
                        ordered(
                            features, from, to, (i, j) -> cases[i] == number && FINE[i] == FINE[j]),
                        within(1e-6));
                assertThat(space.toOthers().otherSuperclass())
                    .isEqualTo(
                        ordered(
                            features,
                            from,
                            to,
                            (i, j) -> cases[i] == number && COARSE[i] != COARSE[j]),
                        within(1e-6));
                assertThat(space.sameCaseAndClass())
                    .isEqualTo(
                        ordered(
                            features,
                            from,
                            to,
                            (i, j) ->
                                cases[i] == number && cases[j] == number && FINE[i] == FINE[j]),
                        within(1e-6));
              });
    }
    assertThat(byCase.get(7).spaces().get("joined").toOthers().sameClass())
        .as("a case without images")
        .isNaN();
  }

  /** Over ordered pairs of different images, NaN if there are none. */
  private static double ordered(
      float[][] features, int from, int to, BiPredicate<Integer, Integer> wanted) {
    double sum = 0;
    int count = 0;
    for (int i = 0; i < features.length; i++) {
      for (int j = 0; j < features.length; j++) {
        if (i != j && wanted.test(i, j)) {
          sum +=
              cosine(
                  Arrays.copyOfRange(features[i], from, to),
                  Arrays.copyOfRange(features[j], from, to));
          count++;
        }
      }
    }
    return sum / count;
  }

  private static float[][] features() {
    SplittableRandom random = new SplittableRandom(7);
    float[][] features = new float[FINE.length][5];
    for (float[] row : features) {
      for (int k = 0; k < row.length; k++) {
        row[k] = (float) random.nextDouble();
      }
    }
    return features;
  }

  private static double mean(
      float[][] features, int from, int to, BiPredicate<Integer, Integer> wanted) {
    double sum = 0;
    int count = 0;
    for (int i = 0; i < features.length; i++) {
      for (int j = 0; j < i; j++) {
        if (wanted.test(i, j)) {
          sum +=
              cosine(
                  Arrays.copyOfRange(features[i], from, to),
                  Arrays.copyOfRange(features[j], from, to));
          count++;
        }
      }
    }
    return sum / count;
  }

  private static double cosine(float[] a, float[] b) {
    double product = 0;
    double ofA = 0;
    double ofB = 0;
    for (int k = 0; k < a.length; k++) {
      product += a[k] * b[k];
      ofA += a[k] * a[k];
      ofB += b[k] * b[k];
    }
    return product / Math.sqrt(ofA * ofB);
  }
}
