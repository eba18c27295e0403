package org.bilateralbrain.nn;

import java.io.Serializable;

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

  /** A short description for messages and titles. */
  public String title() {
    return "%s width %s%s".formatted(backbone.label(), width, sparsity.none() ? "" : " sparse");
  }
}
