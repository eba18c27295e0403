package org.bilateralbrain.statistics;

import java.util.Optional;
import org.bilateralbrain.store.CorrectImages;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.SweepPlanFile;

/**
 * One trained network and one of its heads.
 *
 * @param head the head's label
 * @param metrics empty unless the network is in the store
 */
public record ResultRow(
    SweepPlanFile.GridPoint cell, String head, Optional<Metrics> metrics, Status status) {

  /** Whether there is a result, and why not. */
  public enum Status {
    DONE,
    FAILED,
    BLOCKED,
    MISSING,
    /** The artifact doesn't match its manifest; the next run trains it again. */
    DAMAGED,
    /**
     * It was computed from weights of a hemisphere that have been replaced since; the next run
     * trains it again.
     */
    OUTDATED
  }

  public Optional<Metrics.Accuracy> accuracy() {
    return metrics.map(m -> m.heads().get(head));
  }

  /** Which test images are classified correctly; empty if the artifact doesn't say. */
  Optional<CorrectImages> correct() {
    return accuracy().flatMap(of -> Optional.ofNullable(of.correct()));
  }

  /** In 0..1, of a network that has a result. */
  double testAccuracy() {
    return accuracy().orElseThrow().test();
  }
}
