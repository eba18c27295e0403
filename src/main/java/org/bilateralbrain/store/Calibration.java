package org.bilateralbrain.store;

import java.io.Serializable;

/**
 * How far a network's confidence, the probability of its most probable class, is from the share of
 * images that it classifies correctly: images in bins of equal width of confidence.
 *
 * @param images number of images in each bin
 * @param right number of these that were classified correctly
 * @param confidence sum of their confidences
 */
public record Calibration(int[] images, int[] right, double[] confidence) implements Serializable {

  /** The usual number (Guo et al., arXiv:1706.04599). */
  private static final int BINS = 15;

  public static Calibration empty() {
    return new Calibration(new int[BINS], new int[BINS], new double[BINS]);
  }

  /**
   * @param probability of the most probable class, in (0, 1]
   */
  public void add(double probability, boolean isRight) {
    int bin = Math.max(0, (int) Math.ceil(probability * BINS) - 1);
    images[bin]++;
    right[bin] += isRight ? 1 : 0;
    confidence[bin] += probability;
  }

  Calibration plus(Calibration other) {
    Calibration sum = empty();
    for (int bin = 0; bin < BINS; bin++) {
      sum.images[bin] = images[bin] + other.images[bin];
      sum.right[bin] = right[bin] + other.right[bin];
      sum.confidence[bin] = confidence[bin] + other.confidence[bin];
    }
    return sum;
  }

  /**
   * The expected calibration error: the mean over images of the difference between accuracy and
   * mean confidence in the image's bin, in 0..1 (equation 3 of Guo et al.); NaN without images.
   */
  public double expectedError() {
    double differences = 0;
    int all = 0;
    for (int bin = 0; bin < BINS; bin++) {
      differences += Math.abs(right[bin] - confidence[bin]);
      all += images[bin];
    }
    return differences / all;
  }
}
