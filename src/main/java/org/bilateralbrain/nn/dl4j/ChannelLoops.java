package org.bilateralbrain.nn.dl4j;

import java.util.Arrays;
import org.bilateralbrain.nn.dl4j.NormReluPoolForm.Norm;

/**
 * The innermost loops, over the channels of one pixel. Channels are contiguous and no loop has a
 * branch, so the JIT compiler vectorises each.
 */
final class ChannelLoops {

  /**
   * So large that any positive float times this is at least 1 or infinite: min(1, x STEEP) is 0
   * where x is 0, and 1 where x is positive.
   */
  private static final float STEEP = 3e38f;

  private ChannelLoops() {}

  /** Adds a pixel's values and their squares to each channel's sums. */
  static void addSquares(float[] values, int start, float[] sum, float[] squares) {
    for (int c = 0; c < sum.length; c++) {
      float value = values[start + c];
      sum[c] += value;
      squares[c] += value * value;
    }
  }

  /** Adds a pixel's gradients, and their products with the values, to each channel's sums. */
  static void addProducts(
      float[] values, float[] gradients, int start, float[] sum, float[] products) {
    for (int c = 0; c < sum.length; c++) {
      sum[c] += gradients[start + c];
      products[c] += gradients[start + c] * values[start + c];
    }
  }

  /** Normalises a pixel in place; values below the floor become the floor. */
  static void normaliseAndRectify(
      float[] values, int start, float[] scale, float[] shift, float floor) {
    for (int c = 0; c < scale.length; c++) {
      values[start + c] = Math.max(floor, values[start + c] * scale[c] + shift[c]);
    }
  }

  /** Updates a pool's maxima so far with this pixel's normalised values. */
  static void updateMaxima(
      float[] highest, int pool, float[] values, int start, float[] scale, float[] shift) {
    for (int c = 0; c < scale.length; c++) {
      highest[pool + c] = Math.max(highest[pool + c], values[start + c] * scale[c] + shift[c]);
    }
  }

  /** Passes the gradient on where the ReLU's output is positive; zero elsewhere. */
  static void gradientOfReLU(
      float[] values,
      int start,
      float[] outputGradients,
      float[] gradients,
      float[] scale,
      float[] shift) {
    for (int c = 0; c < scale.length; c++) {
      float rectified = Math.max(0f, values[start + c] * scale[c] + shift[c]);
      gradients[start + c] = outputGradients[start + c] * Math.min(1f, rectified * STEEP);
    }
  }

  /**
   * The gradient that a pool passes on: none where its maximum is 0, because the ReLU's output is 0
   * there.
   */
  static void gradientOfPool(
      float[] highest, float[] outputGradients, int pool, float[] remaining) {
    for (int c = 0; c < remaining.length; c++) {
      remaining[c] = outputGradients[pool + c] * Math.min(1f, highest[c] * STEEP);
    }
  }

  /** Assigns the rest of a pool's gradient to this pixel where it has the pool's maximum. */
  static void assignPoolGradient(
      float[] highest,
      float[] remaining,
      float[] values,
      int start,
      float[] gradients,
      float[] scale,
      float[] shift) {
    for (int c = 0; c < remaining.length; c++) {
      float below = highest[c] - (values[start + c] * scale[c] + shift[c]);
      float taken = remaining[c] * (1f - Math.min(1f, below * STEEP));
      gradients[start + c] = taken;
      remaining[c] -= taken;
    }
  }

  /**
   * Turns the gradient g at batch norm's output into that at its input x: gradientFactor g +
   * inputFactor x + constant.
   */
  static void combine(
      float[] values,
      float[] gradients,
      int start,
      float[] gradientFactor,
      float[] inputFactor,
      float[] constant) {
    for (int c = 0; c < gradientFactor.length; c++) {
      gradients[start + c] =
          gradients[start + c] * gradientFactor[c]
              + values[start + c] * inputFactor[c]
              + constant[c];
    }
  }

  /** Two sums per channel: in float over a piece, in double over an image. */
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

    /** The first sums of all channels, then the second. */
    double[] ofImage() {
      return total;
    }
  }

  /**
   * Normalisation as one multiplication and one addition per channel.
   *
   * @param inverseDeviation 1 / sqrt(variance + epsilon)
   */
  static record AffineNorm(float[] scale, float[] shift, float[] inverseDeviation) {

    static AffineNorm of(Norm norm) {
      float[] mean = norm.mean().toFloatVector();
      float[] variance = norm.variance().toFloatVector();
      float[] gamma = norm.gamma().toFloatVector();
      float[] beta = norm.beta().toFloatVector();
      float[] scale = new float[mean.length];
      float[] shift = new float[mean.length];
      float[] inverseDeviation = new float[mean.length];
      for (int c = 0; c < mean.length; c++) {
        double inverse = 1 / Math.sqrt(variance[c] + NormReluPool.EPSILON);
        inverseDeviation[c] = (float) inverse;
        scale[c] = (float) (gamma[c] * inverse);
        shift[c] = (float) (beta[c] - mean[c] * gamma[c] * inverse);
      }
      return new AffineNorm(scale, shift, inverseDeviation);
    }
  }
}
