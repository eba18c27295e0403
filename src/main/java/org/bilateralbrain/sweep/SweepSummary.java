package org.bilateralbrain.sweep;

import java.util.Locale;

/** How a run of a sweep ended. */
public record SweepSummary(int jobs, int trained, int reused, int failed, int blocked, double seconds) {

  public boolean complete() {
    return failed == 0 && blocked == 0;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s jobs: %s trained, %s reused, %s failed, %s blocked in %.0f s",
        jobs, trained, reused, failed, blocked, seconds);
  }
}
