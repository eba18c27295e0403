package org.bilateralbrain.config;

import java.io.Serializable;

/** How the heads of frozen hemispheres are trained. */
public record HeadSettings(TrainingSettings training, FeatureViews views) implements Serializable {

  static HeadSettings read(Section section) {
    return new HeadSettings(
        TrainingSettings.read(section), FeatureViews.read(section, "feature-views"));
  }
}
