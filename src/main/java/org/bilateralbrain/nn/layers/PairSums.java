package org.bilateralbrain.nn.layers;

import java.util.Arrays;

/** Sums of pairs of values for each channel: in floats over a piece, in doubles over an image. */
final class PairSums {
  final float[] first;
  final float[] second;
  private double[] total;

  PairSums(int channels) {
    first = new float[channels];
    second = new float[channels];
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
