package org.bilateralbrain.nn;

import java.io.Serializable;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * One hemisphere's architecture.
 *
 * @param width channels of the narrowest convolution, 64 in the paper; every other width scales
 *     with it
 */
public record HemisphereShape(Backbone backbone, int width, Sparsity sparsity)
    implements Serializable {

  public HemisphereShape {
    if (width < 1) {
      throw new IllegalArgumentException("The width must be at least 1, got " + width);
    }
  }

  public HemisphereShape(Backbone backbone, int width) {
    this(backbone, width, Sparsity.NONE);
  }

  /** Length of the feature vector. */
  public int features() {
    return backbone.features(width);
  }

  /** Length of the feature vector without copies of the same value. */
  public int distinctFeatures() {
    return features() / backbone.copies();
  }

  /** A feature vector without copies of the same value. */
  public float[] distinct(float[] features) {
    if (backbone.copies() == 1) {
      return features;
    }
    float[] distinct = new float[distinctFeatures()];
    for (int i = 0; i < distinct.length; i++) {
      distinct[i] = features[i * backbone.copies()];
    }
    return distinct;
  }

  /**
   * Restores a feature vector with its copies.
   *
   * @param distinct starts at the vector's first value
   * @param target receives it from an offset on
   */
  public void restore(FloatBuffer distinct, float[] target, int offset) {
    int copies = backbone.copies();
    if (copies == 1) {
      distinct.get(target, offset, features());
      return;
    }
    for (int i = 0; i < distinctFeatures(); i++) {
      Arrays.fill(target, offset + i * copies, offset + (i + 1) * copies, distinct.get());
    }
  }

  /** A short description for messages and titles. */
  public String title() {
    return "%s width %s%s".formatted(backbone.label(), width, sparsity.none() ? "" : " sparse");
  }
}
