package org.bilateralbrain.analysis;

import java.util.List;
import org.bilateralbrain.nn.Network.ClassMap;

/** A value for each place of a square. */
record SaliencyMap(int size, float[] values) {

  static SaliencyMap empty(int size) {
    return new SaliencyMap(size, new float[size * size]);
  }

  /**
   * How much each place speaks for an answer: all hemispheres together, rectified.
   *
   * @param maps one for each hemisphere
   */
  static SaliencyMap together(List<ClassMap> maps, int size) {
    SaliencyMap sum = empty(size);
    for (ClassMap map : maps) {
      sum = sum.plus(of(map).resized(size));
    }
    return sum.rectified();
  }

  /** Of a hemisphere, whose last maps are square. */
  static SaliencyMap of(ClassMap map) {
    return new SaliencyMap(map.width(), map.values());
  }

  float at(int row, int column) {
    return values[row * size + column];
  }

  /** Interpolated between the middles of the places. */
  SaliencyMap resized(int to) {
    SaliencyMap resized = empty(to);
    for (int row = 0; row < to; row++) {
      for (int column = 0; column < to; column++) {
        resized.values[row * to + column] = between(middle(row, to), middle(column, to));
      }
    }
    return resized;
  }

  /** Where the middle of another map's place is, counted in places of this one. */
  private double middle(int place, int places) {
    return Math.max(0, Math.min(size - 1, (place + 0.5) * size / places - 0.5));
  }

  private float between(double row, double column) {
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

  /** What speaks against the answer counts for nothing. */
  SaliencyMap rectified() {
    SaliencyMap rectified = empty(size);
    for (int i = 0; i < values.length; i++) {
      rectified.values[i] = Math.max(0, values[i]);
    }
    return rectified;
  }

  float highest() {
    float highest = 0;
    for (float value : values) {
      highest = Math.max(highest, value);
    }
    return highest;
  }
}
