package org.bilateralbrain.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.bilateralbrain.store.AnalysisFile.Similarity;
import org.bilateralbrain.store.AnalysisFile.Space;

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
    Part leftPart = Part.of(features, 0, left);
    Part rightPart = Part.of(features, left, features[0].length);
    Map<String, Space> spaces = new LinkedHashMap<>();
    spaces.put("left", space(leftPart, fine, coarse));
    spaces.put("right", space(rightPart, fine, coarse));
    spaces.put("joined", space(Part.of(features, 0, features[0].length), fine, coarse));
    return new Similarity(spaces, joint(leftPart, rightPart, fine));
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

  private static Space space(Part part, int[] fine, int[] coarse) {
    Pairs sameClass = Pairs.within(part, i -> fine[i]);
    Pairs sameSuperclass = Pairs.within(part, i -> coarse[i]);
    Pairs all = Pairs.within(part, i -> 0);
    return new Space(
        sameClass.mean(),
        sameSuperclass.without(sameClass).mean(),
        all.without(sameSuperclass).mean());
  }

  /**
   * Sum and number of the similarities of all ordered pairs of different images within groups. The
   * sum takes linear time: the squared norm of a sum of unit vectors is the sum over all pairs,
   * including those of a vector with itself.
   */
  private record Pairs(double sum, double count) {

    static Pairs within(Part part, IntUnaryOperator group) {
      Map<Integer, List<Integer>> groups = new LinkedHashMap<>();
      for (int i = 0; i < part.count(); i++) {
        groups.computeIfAbsent(group.applyAsInt(i), any -> new ArrayList<>()).add(i);
      }
      double sum = 0;
      double count = 0;
      for (List<Integer> members : groups.values()) {
        double[] total = new double[part.to() - part.from()];
        for (int image : members) {
          part.addTo(total, image);
          sum -= part.cosine(image, image);
        }
        sum += Arrays.stream(total).map(x -> x * x).sum();
        count += (double) members.size() * (members.size() - 1);
      }
      return new Pairs(sum, count);
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
