package org.bilateralbrain.analysis;

import java.util.Optional;
import org.bilateralbrain.grid.BilateralJob;
import org.bilateralbrain.grid.EndToEndJob;
import org.bilateralbrain.grid.Hemisphere;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.grid.PretrainedBilateralJob;
import org.bilateralbrain.nn.Head;

/**
 * What a bilateral network was made from.
 *
 * @param leftFeatures number of the left hemisphere's features
 * @param specialists the trained hemispheres that it started from, if the left one was trained on
 *     fine and the right one on coarse classes
 */
record TwoHemispheres(int leftFeatures, Optional<Specialists> specialists) {

  /**
   * @param frozen whether their weights, and so their features, are unchanged in the network
   */
  record Specialists(Hemisphere left, Hemisphere right, boolean frozen) {}

  /** Empty for unilateral networks and their ensembles. */
  static Optional<TwoHemispheres> of(Job job) {
    if (job instanceof BilateralJob bilateral) {
      return Optional.of(
          of(
              bilateral.left().shape().features(),
              Optional.of(bilateral.left()),
              Optional.of(bilateral.right()),
              true));
    }
    if (job instanceof EndToEndJob endToEnd) {
      return Optional.of(
          of(
              endToEnd.left().shape().features(),
              endToEnd.left().hemisphere(),
              endToEnd.right().hemisphere(),
              false));
    }
    if (job instanceof PretrainedBilateralJob pretrained) {
      return Optional.of(new TwoHemispheres(pretrained.left().features(), Optional.empty()));
    }
    return Optional.empty();
  }

  private static TwoHemispheres of(
      int leftFeatures, Optional<Hemisphere> left, Optional<Hemisphere> right, boolean frozen) {
    boolean areSpecialists =
        left.isPresent()
            && right.isPresent()
            && left.get().heads().contains(Head.FINE)
            && right.get().heads().contains(Head.COARSE);
    return new TwoHemispheres(
        leftFeatures,
        areSpecialists
            ? Optional.of(new Specialists(left.get(), right.get(), frozen))
            : Optional.empty());
  }
}
