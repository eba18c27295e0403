package org.bilateralbrain.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import org.bilateralbrain.store.AnalysisFile.CaseSimilarity;
import org.bilateralbrain.store.AnalysisFile.CaseSpace;
import org.bilateralbrain.store.AnalysisFile.Similarity;
import org.bilateralbrain.store.AnalysisFile.Space;
import org.bilateralbrain.store.AnalysisFile.Split;

/**
 * How similarly each hemisphere represents the images of a class: cosine similarities of their
 * features (arXiv:2209.06862, section on the specialised representations).
 */
final class FeatureSimilarity {

  /** Of the joint histogram, per axis. */
  private static final int BINS = 40;

  private FeatureSimilarity() {}

  /**
   * @param features (images, features), the left hemisphere's before the right one's
   * @param left number of the left hemisphere's features
   * @param fine one label per image
   * @param coarse one label per image
   */
  static Similarity of(float[][] features, int left, int[] fine, int[] coarse) {
    Map<String, Part> parts = parts(features, left);
    Map<String, Space> spaces = new LinkedHashMap<>();
    parts.forEach((name, part) -> spaces.put(name, space(part, fine, coarse, any -> true)));
    return new Similarity(
        spaces,
        joint(
            Objects.requireNonNull(parts.get("left")),
            Objects.requireNonNull(parts.get("right")),
            fine));
  }

  private static Map<String, Part> parts(float[][] features, int left) {
    Map<String, Part> parts = new LinkedHashMap<>();
    parts.put("left", Part.of(features, 0, left));
    parts.put("right", Part.of(features, left, features[0].length));
    parts.put("joined", Part.of(features, 0, features[0].length));
    return parts;
  }

  /**
   * A range of each image's features as a vector. Not copied, because there may be hundreds of
   * megabytes.
   *
   * @param from first feature
   * @param to end of the range, exclusive
   * @param lengths L2 norms of the vectors; infinite where all features are zero, which makes every
   *     similarity with such an image zero
   */
  private record Part(float[][] features, int from, int to, double[] lengths) {

    static Part of(float[][] features, int from, int to) {
      Part part = new Part(features, from, to, new double[features.length]);
      for (int i = 0; i < features.length; i++) {
        double length = Math.sqrt(part.product(i, i));
        part.lengths[i] = length == 0 ? Double.POSITIVE_INFINITY : length;
      }
      return part;
    }

    int count() {
      return features.length;
    }

    double cosine(int i, int j) {
      return product(i, j) / lengths[i] / lengths[j];
    }

    private double product(int i, int j) {
      float[] a = features[i];
      float[] b = features[j];
      double sum = 0;
      for (int k = from; k < to; k++) {
        sum += (double) a[k] * b[k];
      }
      return sum;
    }

    /** Adds an image's vector, normalised to unit length. */
    void addTo(double[] total, int i) {
      for (int k = from; k < to; k++) {
        total[k - from] += features[i][k] / lengths[i];
      }
    }
  }

  private static Space space(Part part, int[] fine, int[] coarse, IntPredicate first) {
    Pairs sameClass = Pairs.within(part, i -> fine[i], first);
    Pairs sameSuperclass = Pairs.within(part, i -> coarse[i], first);
    Pairs all = Pairs.within(part, i -> 0, first);
    return new Space(
        sameClass.mean(),
        sameSuperclass.without(sameClass).mean(),
        all.without(sameSuperclass).mean());
  }

  /**
   * The similarities of the images of each case, which tell whether images that are answered
   * wrongly lie apart from their class.
   *
   * @param cases the case of each image, see {@link Split}
   */
  static List<CaseSimilarity> byCase(
      float[][] features, int left, int[] fine, int[] coarse, int[] cases) {
    Map<String, Part> parts = parts(features, left);
    List<CaseSimilarity> byCase = new ArrayList<>();
    for (int number = 0; number < Split.CASES; number++) {
      int ofCase = number;
      IntPredicate first = image -> cases[image] == ofCase;
      Map<String, CaseSpace> spaces = new LinkedHashMap<>();
      parts.forEach(
          (name, part) ->
              spaces.put(
                  name,
                  new CaseSpace(
                      space(part, fine, coarse, first),
                      Pairs.within(part, i -> fine[i] * Split.CASES + cases[i], first).mean())));
      int images = (int) Arrays.stream(cases).filter(each -> each == ofCase).count();
      byCase.add(new CaseSimilarity(number, images, spaces));
    }
    return byCase;
  }

  /**
   * Sum and number of the similarities of ordered pairs of different images within groups. The sum
   * takes linear time: the product of two sums of unit vectors is the sum over all pairs, including
   * those of a vector with itself.
   */
  private record Pairs(double sum, double count) {

    /**
     * @param first which images can be the first of a pair; all can be the second
     */
    static Pairs within(Part part, IntUnaryOperator group, IntPredicate first) {
      Map<Integer, List<Integer>> groups = new LinkedHashMap<>();
      for (int i = 0; i < part.count(); i++) {
        groups.computeIfAbsent(group.applyAsInt(i), any -> new ArrayList<>()).add(i);
      }
      double sum = 0;
      double count = 0;
      for (List<Integer> members : groups.values()) {
        List<Integer> firsts = members.stream().filter(first::test).toList();
        if (!firsts.isEmpty()) {
          double[] all = total(part, members);
          double[] ofFirsts = total(part, firsts);
          for (int k = 0; k < all.length; k++) {
            sum += all[k] * ofFirsts[k];
          }
          sum -= firsts.stream().mapToDouble(image -> part.cosine(image, image)).sum();
          count += (double) firsts.size() * (members.size() - 1);
        }
      }
      return new Pairs(sum, count);
    }

    private static double[] total(Part part, List<Integer> images) {
      double[] total = new double[part.to() - part.from()];
      images.forEach(image -> part.addTo(total, image));
      return total;
    }

    /** These pairs except a subset of them. */
    Pairs without(Pairs part) {
      return new Pairs(sum - part.sum, count - part.count);
    }

    /** NaN if there are no pairs. */
    double mean() {
      return count == 0 ? Double.NaN : sum / count;
    }
  }

  /**
   * Histogram of the pairs of images of a class by their similarity in the left (row) and the right
   * hemisphere (column).
   */
  private static int[][] joint(Part left, Part right, int[] fine) {
    int[][] joint = new int[BINS][BINS];
    for (int i = 0; i < fine.length; i++) {
      for (int j = 0; j < i; j++) {
        if (fine[i] == fine[j]) {
          joint[bin(left.cosine(i, j))][bin(right.cosine(i, j))]++;
        }
      }
    }
    return joint;
  }

  /** Features are outputs of a ReLU, so no similarity is negative except by rounding. */
  private static int bin(double similarity) {
    return (int) Math.max(0, Math.min(BINS - 1, similarity * BINS));
  }
}
