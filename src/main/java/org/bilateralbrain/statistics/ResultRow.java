package org.bilateralbrain.statistics;

import java.util.Optional;
import org.bilateralbrain.store.CorrectImages;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.PrunedFile;
import org.bilateralbrain.store.SweepPlanFile;

/**
 * One trained network and one of its heads.
 *
 * @param head the head's label
 * @param metrics empty unless the network is in the store
 * @param pruned how far it came, if it was pruned itself
 */
public record ResultRow(
    SweepPlanFile.GridPoint cell,
    String head,
    Optional<Metrics> metrics,
    Status status,
    Optional<PrunedFile.Job> pruned) {

  /** Of a network that wasn't pruned itself. */
  public ResultRow(
      SweepPlanFile.GridPoint cell, String head, Optional<Metrics> metrics, Status status) {
    this(cell, head, metrics, status, Optional.empty());
  }

  /** Whether there is a result, and why not. */
  public enum Status {
    DONE,
    FAILED,
    BLOCKED,
    /** It, or a hemisphere of it, fell behind in a search over settings and was stopped. */
    PRUNED,
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

  /** Validation accuracy in 0..1: of the weights that were kept, or the last one if pruned. */
  public Optional<Double> validation() {
    return pruned.isPresent()
        ? Optional.ofNullable(pruned.get().validation().get(head))
        : accuracy().flatMap(of -> Optional.ofNullable(of.validation()));
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
