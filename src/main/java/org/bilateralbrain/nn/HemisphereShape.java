package org.bilateralbrain.nn;

import java.io.Serializable;

/**
 * One hemisphere's architecture.
 *
 * @param width channels after the first convolution; every other width scales with it
 */
public record HemisphereShape(Backbone backbone, int width) implements Serializable {

  public HemisphereShape {
    if (width < 1) {
      throw new IllegalArgumentException("The width must be at least 1, got " + width);
    }
  }

  public int features() {
    return backbone.features(width);
  }
}
