package org.bilateralbrain.grid;

import java.util.ArrayList;
import java.util.List;
import org.bilateralbrain.config.HeadSettings;
import org.bilateralbrain.data.Streams;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Computation;
import org.bilateralbrain.nn.Layer.Plasticity;

/** Trains a fine and a coarse head on the joined features of two frozen hemispheres. */
public record BilateralJob(
    DataKey data,
    Computation computation,
    Hemisphere left,
    Hemisphere right,
    HeadSettings heads,
    Randomness randomness)
    implements NetworkJob {

  @Override
  public String kind() {
    return "bilateral";
  }

  /** The features of the left hemisphere; needed unless they are computed anew each epoch. */
  public FeaturesJob leftFeatures() {
    return features(left);
  }

  public FeaturesJob rightFeatures() {
    return features(right);
  }

  private FeaturesJob features(Hemisphere hemisphere) {
    return new FeaturesJob(
        hemisphere, data, computation, storedViews(), heads.training().augmentation());
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
    return "bilateral heads on %s %s + %s %s, %s"
        .formatted(
            left.labels(),
            left.shape().title(),
            right.labels(),
            right.shape().title(),
            randomness.title());
  }

  public Streams streams() {
    return randomness.streams("heads, %s + %s".formatted(left.labels(), right.labels()));
  }

  @Override
  public Architecture architecture() {
    return Architecture.bilateral(
        data().image(),
        left.shape(),
        Plasticity.FROZEN,
        right.shape(),
        Plasticity.FROZEN,
        data.classes());
  }

  /** The heads alone, which is what is trained. */
  public Architecture headsAlone() {
    return Architecture.heads(left.shape().features() + right.shape().features(), data.classes());
  }

  @Override
  public double work() {
    double forward = heads.views().fresh() ? architecture().forwardCost() : 0;
    return heads.training().epochs() * (headsAlone().trainingCost() + forward);
  }

  @Override
  public Specification specification() {
    return new Specification(kind(), computation)
        .add(randomness)
        .add(data)
        .add("left", left.id())
        .add("right", right.id())
        .add("feature-views", heads.views())
        .add(heads.training());
  }
}
