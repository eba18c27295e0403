package org.bilateralbrain.sweep;

/**
 * How an analysis went, in networks.
 *
 * @param reused analysed before
 * @param missing not in the store
 */
public record AnalysisSummary(int analysed, int reused, int failed, int missing) {

  public boolean complete() {
    return failed == 0 && missing == 0;
  }

  @Override
  public String toString() {
    return "%s networks: %s analysed, %s reused, %s failed, %s not in the store"
        .formatted(analysed + reused + failed + missing, analysed, reused, failed, missing);
  }
}
