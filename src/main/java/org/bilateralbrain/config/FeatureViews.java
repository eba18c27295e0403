package org.bilateralbrain.config;

import java.io.Serializable;

/**
 * How many augmented views of each training image the heads of frozen hemispheres see.
 *
 * @param count views whose features are computed once and kept; epoch e sees view e modulo this, so
 *     that views beyond the number of epochs are not computed. 0: a new view each epoch, whose
 *     features are computed then
 */
public record FeatureViews(int count) implements Serializable {

  private static final String FRESH = "fresh";

  public boolean fresh() {
    return count == 0;
  }

  @Override
  public String toString() {
    return fresh() ? FRESH : Integer.toString(count);
  }

  static FeatureViews read(Section section, String key) {
    return new FeatureViews(section.integerOrWord(key, 1, FRESH, 0));
  }
}
