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
 * How alike the images of a class are to each hemisphere: cosine similarities of their features (arXiv:2209.06862, section
 * on the specialised representations).
 */
final class FeatureSimilarity {

  private static final int BINS = 40;

  private FeatureSimilarity() {}

  /**
   * @param features (images, features), the left hemisphere's before the right one's
   * @param left how many of them are the left one's
   */
  static Similarity of(float[][] features, int left, int[] fine, int[] coarse) {
    int all = features[0].length;
    Map<String, Space> spaces = new LinkedHashMap<>();
    float[][] inLeft = normalised(features, 0, left);
    float[][] inRight = normalised(features, left, all);
    spaces.put("left", space(inLeft, fine, coarse));
    spaces.put("right", space(inRight, fine, coarse));
    spaces.put("joined", space(normalised(features, 0, all), fine, coarse));
    return new Similarity(spaces, joint(inLeft, inRight, fine));
  }

  /** Each image's features as a vector of length 1; of length 0 where all of them are zero. */
  private static float[][] normalised(float[][] features, int from, int to) {
    float[][] normalised = new float[features.length][];
    for (int i = 0; i < features.length; i++) {
      float[] vector = Arrays.copyOfRange(features[i], from, to);
      double length = Math.sqrt(dot(vector, vector));
      for (int k = 0; k < vector.length && length > 0; k++) {
        vector[k] = (float) (vector[k] / length);
      }
      normalised[i] = vector;
    }
    return normalised;
  }

  private static Space space(float[][] vectors, int[] fine, int[] coarse) {
    Pairs ofClass = Pairs.within(vectors, i -> fine[i]);
    Pairs ofSuperclass = Pairs.within(vectors, i -> coarse[i]);
    Pairs all = Pairs.within(vectors, i -> 0);
    return new Space(
        ofClass.mean(), ofSuperclass.without(ofClass).mean(), all.without(ofSuperclass).mean());
  }

  /**
   * Similarities of all pairs of different images within groups. Their sum needs no pair: the square of a sum of vectors
   * is the sum over all pairs, those of a vector with itself included.
   */
  private record Pairs(double sum, double count) {

    static Pairs within(float[][] vectors, IntUnaryOperator group) {
      Map<Integer, List<float[]>> groups = new LinkedHashMap<>();
      for (int i = 0; i < vectors.length; i++) {
        groups.computeIfAbsent(group.applyAsInt(i), any -> new ArrayList<>()).add(vectors[i]);
      }
      double sum = 0;
      double count = 0;
      for (List<float[]> members : groups.values()) {
        double[] total = new double[vectors[0].length];
        for (float[] vector : members) {
          for (int k = 0; k < total.length; k++) {
            total[k] += vector[k];
          }
          sum -= dot(vector, vector);
        }
        sum += Arrays.stream(total).map(x -> x * x).sum();
        count += (double) members.size() * (members.size() - 1);
      }
      return new Pairs(sum, count);
    }

    Pairs without(Pairs part) {
      return new Pairs(sum - part.sum, count - part.count);
    }

      /** NaN if there are none. */
    double mean() {
      return sum / count;
    }
  }

  private static int[][] joint(float[][] left, float[][] right, int[] fine) {
    int[][] joint = new int[BINS][BINS];
    for (int i = 0; i < fine.length; i++) {
      for (int j = 0; j < i; j++) {
        if (fine[i] == fine[j]) {
          joint[bin(dot(left[i], left[j]))][bin(dot(right[i], right[j]))]++;
        }
      }
    }
    return joint;
  }

  /** Features come out of a ReLU, so that no similarity is below zero, but for rounding. */
  private static int bin(double similarity) {
    return (int) Math.max(0, Math.min(BINS - 1, similarity * BINS));
  }

  private static double dot(float[] a, float[] b) {
    float sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += a[k] * b[k];
    }
    return sum;
  }
}
