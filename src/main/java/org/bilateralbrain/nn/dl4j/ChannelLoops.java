package org.bilateralbrain.nn.dl4j;

import java.util.Arrays;
import org.bilateralbrain.nn.dl4j.NormReluPoolForm.Norm;

/**
 * The innermost loops, over the channels of one pixel. Channels lie side by side and no loop has a
 * branch, so that the JIT compiler turns each into vector instructions.
 */
final class ChannelLoops {

  /**
   * So large that any positive float times this is at least 1 (or infinite): min(1, x STEEP) is 0
   * or 1.
   */
  private static final float STEEP = 3e38f;

  private ChannelLoops() {}

  static void addSquares(float[] values, int start, float[] sum, float[] squares) {
    for (int c = 0; c < sum.length; c++) {
      float value = values[start + c];
      sum[c] += value;
      squares[c] += value * value;
    }
  }

  static void addProducts(
      float[] values, float[] gradients, int start, float[] sum, float[] products) {
    for (int c = 0; c < sum.length; c++) {
      sum[c] += gradients[start + c];
      products[c] += gradients[start + c] * values[start + c];
    }
  }

  static void normaliseAndRectify(
      float[] values, int start, float[] scale, float[] shift, float floor) {
    for (int c = 0; c < scale.length; c++) {
      values[start + c] = Math.max(floor, values[start + c] * scale[c] + shift[c]);
    }
  }

  /** Raises the highest values so far to this pixel's normalised ones. */
  static void raise(
      float[] highest, int pool, float[] values, int start, float[] scale, float[] shift) {
    for (int c = 0; c < scale.length; c++) {
      highest[pool + c] = Math.max(highest[pool + c], values[start + c] * scale[c] + shift[c]);
    }
  }

  /** The gradient where the ReLU is open, zero elsewhere. */
  static void gradientOfReLU(
      float[] values, int start, float[] above, float[] gradients, float[] scale, float[] shift) {
    for (int c = 0; c < scale.length; c++) {
      float rectified = Math.max(0f, values[start + c] * scale[c] + shift[c]);
      gradients[start + c] = above[start + c] * Math.min(1f, rectified * STEEP);
    }
  }

  /**
   * A pool's gradient that is to be given away: none where its highest value is 0, for there the
   * ReLU is closed.
   */
  static void gradientOfPool(float[] highest, float[] above, int pool, float[] left) {
    for (int c = 0; c < left.length; c++) {
      left[c] = above[pool + c] * Math.min(1f, highest[c] * STEEP);
    }
  }

  /**
   * Gives what is left of a pool's gradient to this pixel where it has the pool's highest value.
   */
  static void take(
      float[] highest,
      float[] left,
      float[] values,
      int start,
      float[] gradients,
      float[] scale,
      float[] shift) {
    for (int c = 0; c < left.length; c++) {
      float below = highest[c] - (values[start + c] * scale[c] + shift[c]);
      float taken = left[c] * (1f - Math.min(1f, below * STEEP));
      gradients[start + c] = taken;
      left[c] -= taken;
    }
  }

  /** Gradient at the norm to gradient at its input: ofGradient g + ofInput x + constant. */
  static void combine(
      float[] values,
      float[] gradients,
      int start,
      float[] ofGradient,
      float[] ofInput,
      float[] constant) {
    for (int c = 0; c < ofGradient.length; c++) {
      gradients[start + c] =
          gradients[start + c] * ofGradient[c] + values[start + c] * ofInput[c] + constant[c];
    }
  }

  /** Sums of pairs of values for each channel: in floats over a piece, in doubles over an image. */
  static final class PairSums {
    final float[] first;
    final float[] second;
    private double[] total;

    PairSums(int channels) {
      first = new float[channels];
      second = new float[channels];
      total = new double[2 * channels];
    }

    void startImage() {
      total = new double[2 * first.length];
    }

    void endPiece() {
      for (int c = 0; c < first.length; c++) {
        total[c] += first[c];
        total[first.length + c] += second[c];
      }
      Arrays.fill(first, 0);
      Arrays.fill(second, 0);
    }

    /** The first sums of all channels, then the second ones. */
    double[] ofImage() {
      return total;
    }
  }

  /**
   * Normalisation as one multiplication and one addition for each channel.
   *
   * @param deviation 1 / sqrt(variance + epsilon)
   */
  static record AffineNorm(float[] scale, float[] shift, float[] deviation) {

    static AffineNorm of(Norm norm) {
      float[] mean = norm.mean().toFloatVector();
      float[] variance = norm.variance().toFloatVector();
      float[] gamma = norm.gamma().toFloatVector();
      float[] beta = norm.beta().toFloatVector();
      float[] scale = new float[mean.length];
      float[] shift = new float[mean.length];
      float[] deviation = new float[mean.length];
      for (int c = 0; c < mean.length; c++) {
        double inverse = 1 / Math.sqrt(variance[c] + NormReluPool.EPSILON);
        deviation[c] = (float) inverse;
        scale[c] = (float) (gamma[c] * inverse);
        shift[c] = (float) (beta[c] - mean[c] * gamma[c] * inverse);
      }
      return new AffineNorm(scale, shift, deviation);
    }
  }
}
