package org.bilateralbrain.analysis;

import java.util.Optional;
import org.bilateralbrain.grid.BilateralJob;
import org.bilateralbrain.grid.EndToEndJob;
import org.bilateralbrain.grid.Hemisphere;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Head;

/**
 * What a bilateral network was made from.
 *
 * @param leftFeatures how many of its features are the left hemisphere's
 * @param specialists the trained hemispheres that it started from, if the left one tells fine
 *     classes apart and the right one the coarse
 */
record TwoHemispheres(int leftFeatures, Optional<Specialists> specialists) {

  /**
   * @param frozen whether the network's features are still theirs
   */
  record Specialists(Hemisphere left, Hemisphere right, boolean frozen) {}

  /** Empty for networks with one hemisphere, and ensembles of them. */
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
