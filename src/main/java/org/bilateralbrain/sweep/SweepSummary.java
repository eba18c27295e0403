package org.bilateralbrain.sweep;

import java.util.Locale;

/**
 * How a run of a sweep ended.
 *
 * @param jobs number of jobs needed, the sum of the following five
 * @param seconds duration of the run
 * @param withoutResult number of networks of the table that are not in the store
 * @param table accuracies as text
 */
public record SweepSummary(
    int jobs,
    int trained,
    int reused,
    int failed,
    int blocked,
    int pruned,
    double seconds,
    long withoutResult,
    String table) {

  /** Whether every network of the table is in the store, except for those that were pruned. */
  public boolean complete() {
    return failed == 0 && blocked == 0 && withoutResult == 0;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s jobs: %s trained, %s reused, %s failed, %s blocked%s in %.0f s%s",
        jobs,
        trained,
        reused,
        failed,
        blocked,
        pruned == 0 ? "" : ", %s pruned".formatted(pruned),
        seconds,
        withoutResult == 0 ? "" : "; networks without a result: " + withoutResult);
  }
}
