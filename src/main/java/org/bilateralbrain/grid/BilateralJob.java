package org.bilateralbrain.grid;

import java.util.ArrayList;
import java.util.List;
import org.bilateralbrain.config.HeadSettings;

/** Trains a fine and a coarse head on the joined features of two frozen hemispheres. */
public record BilateralJob(
    DataKey data, Hemisphere left, Hemisphere right, HeadSettings heads, long seed) implements Job {

  /** What a step of the heads costs, as a share of one hemisphere's pass forward. */
  private static final double SHARE_OF_HEADS = 0.02;

  @Override
  public String kind() {
    return "bilateral";
  }

  /** The features of the left hemisphere; needed unless they are computed anew each epoch. */
  public FeaturesJob leftFeatures() {
    return new FeaturesJob(left, data, storedViews());
  }

  public FeaturesJob rightFeatures() {
    return new FeaturesJob(right, data, storedViews());
  }

  /**
   * The views whose features are kept; none if they are computed anew. An epoch trains on one, so
   * more are no use.
   */
  public int storedViews() {
    return Math.min(heads.views().count(), heads.training().epochs());
  }

  @Override
  public List<Job> parents() {
    List<Job> parents = new ArrayList<>(List.of(left, right));
    if (!heads.views().fresh()) {
      parents.add(leftFeatures());
      parents.add(rightFeatures());
    }
    return parents;
  }

  @Override
  public String title() {
    String seeds =
        left.seed() == right.seed()
            ? "seed " + seed
            : "seeds %s + %s".formatted(left.seed(), right.seed());
    return "bilateral heads on %s %s + %s %s, %s"
        .formatted(
            left.labels(), left.shape().title(), right.labels(), right.shape().title(), seeds);
  }

  @Override
  public double work() {
    double forward = left.workPerImageForward() + right.workPerImageForward();
    return heads.training().epochs() * forward * (heads.views().fresh() ? 1 : SHARE_OF_HEADS);
  }

  @Override
  public Specification specification() {
    return new Specification(kind())
        .add(Specification.SEED, seed)
        .add(data)
        .add("left", left.id())
        .add("right", right.id())
        .add("feature-views", heads.views())
        .add(heads.training());
  }
}
