package org.bilateralbrain.analysis;

import org.bilateralbrain.nn.Network.ClassMap;

/**
 * A square map with one value per position.
 *
 * @param size height and width
 * @param values (size, size), row by row
 */
record SaliencyMap(int size, float[] values) {

  /** All zeros. */
  static SaliencyMap empty(int size) {
    return new SaliencyMap(size, new float[size * size]);
  }

  /** The map of one hemisphere; must be square. */
  static SaliencyMap of(ClassMap map) {
    return new SaliencyMap(map.width(), map.values());
  }

  float at(int row, int column) {
    return values[row * size + column];
  }

  /** Resized with bilinear interpolation between pixel centres. */
  SaliencyMap resized(int to) {
    SaliencyMap resized = empty(to);
    for (int row = 0; row < to; row++) {
      for (int column = 0; column < to; column++) {
        resized.values[row * to + column] = interpolated(centre(row, to), centre(column, to));
      }
    }
    return resized;
  }

  /** Position in this map of the centre of another map's pixel. */
  private double centre(int pixel, int pixels) {
    return Math.max(0, Math.min(size - 1, (pixel + 0.5) * size / pixels - 0.5));
  }

  private float interpolated(double row, double column) {
    int top = (int) row;
    int left = (int) column;
    int bottom = Math.min(size - 1, top + 1);
    int right = Math.min(size - 1, left + 1);
    double down = row - top;
    double along = column - left;
    return (float)
        ((1 - down) * ((1 - along) * at(top, left) + along * at(top, right))
            + down * ((1 - along) * at(bottom, left) + along * at(bottom, right)));
  }

  SaliencyMap plus(SaliencyMap other) {
    SaliencyMap sum = empty(size);
    for (int i = 0; i < values.length; i++) {
      sum.values[i] = values[i] + other.values[i];
    }
    return sum;
  }

  SaliencyMap times(double factor) {
    SaliencyMap product = empty(size);
    for (int i = 0; i < values.length; i++) {
      product.values[i] = (float) (values[i] * factor);
    }
    return product;
  }

  /**
   * From 0 to 1; negative values, which count against the prediction, become zero.
   *
   * @param highest the value that becomes 1; if zero, so is everything
   */
  SaliencyMap scaledTo(float highest) {
    SaliencyMap scaled = empty(size);
    for (int i = 0; i < values.length; i++) {
      scaled.values[i] = highest == 0 ? 0 : Math.max(0, values[i]) / highest;
    }
    return scaled;
  }

  double sum() {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }

  /** The maximum; at least 0. */
  float highest() {
    float highest = 0;
    for (float value : values) {
      highest = Math.max(highest, value);
    }
    return highest;
  }
}
