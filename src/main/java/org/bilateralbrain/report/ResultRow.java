package org.bilateralbrain.report;

import java.util.List;
import java.util.Optional;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.SweepPlanFile;

/**
 * One trained network and one of its heads.
 *
 * @param metrics empty unless the network is in the store
 */
public record ResultRow(
    SweepPlanFile.GridPoint cell, String head, Optional<Metrics> metrics, Status status) {

  /** What heads there are, in the order of the tables. */
  public static final List<String> HEADS = List.of("fine", "coarse");

  /** Whether there is a result, and why not. */
  public enum Status {
    DONE,
    FAILED,
    BLOCKED,
    MISSING,
    /** The artifact is not what its manifest says; the next run trains it again. */
    DAMAGED,
    /**
     * It was computed from other weights of a hemisphere than are there now; the next run trains it
     * again.
     */
    OUTDATED
  }

  public Optional<Metrics.Accuracy> accuracy() {
    return metrics.map(m -> m.heads().get(head));
  }
}
