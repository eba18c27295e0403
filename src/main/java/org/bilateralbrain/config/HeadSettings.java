package org.bilateralbrain.config;

import java.io.Serializable;

/** How the heads on specialised hemispheres are trained. */
public record HeadSettings(TrainingSettings training, FeatureViews views) implements Serializable {

  /**
   * How many augmented views of each training image the heads see if both hemispheres are frozen.
   *
   * @param count number of views whose features are computed once and stored; epoch e trains on
   *     view e modulo this number, so that no more views are computed than there are epochs. 0:
   *     every epoch sees a new view, whose features are computed on the fly
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
  }

  static HeadSettings read(Section section) {
    return new HeadSettings(
        TrainingReader.read(section),
        new FeatureViews(section.integerOrWord("feature-views", 1, FeatureViews.FRESH, 0)));
  }
}
