package org.bilateralbrain.report;

import java.util.Optional;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.SweepPlanFile;

/**
 * One trained network and one of its heads.
 *
 * @param metrics empty unless the network is in the store
 */
public record ResultRow(SweepPlanFile.Cell cell, String head, Optional<Metrics> metrics, Status status) {

  /** Whether there is a result, and why not. */
  public enum Status {
    DONE,
    FAILED,
    BLOCKED,
    MISSING,
    /** The artifact is not what its manifest says; the next run trains it again. */
    DAMAGED
  }

  public Optional<Metrics.Accuracy> accuracy() {
    return metrics.map(m -> m.heads().get(head));
  }
}
