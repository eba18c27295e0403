package org.bilateralbrain.report;

import java.util.Locale;

/** Shares as papers print them: in percent, with two decimals, and a dash where there is none. */
final class Percent {

  static final String NOTHING = "–";

  private Percent() {}

  static String of(double share) {
    return Double.isNaN(share) ? NOTHING : String.format(Locale.ROOT, "%.2f", 100 * share);
  }

  /** With its sign. */
  static String difference(double share) {
    return Double.isNaN(share) ? NOTHING : String.format(Locale.ROOT, "%+.2f", 100 * share);
  }

  /** Of a test; NaN where there was none. */
  static String probability(double p) {
    if (Double.isNaN(p)) {
      return NOTHING;
    }
    return p < 0.001 ? "< 0.001" : String.format(Locale.ROOT, "%.3f", p);
  }

  /** Networks without a result are not passed over in silence: (2 of 3). */
  static String meanAndDeviation(Summary summary, int without) {
    String count =
        without == 0
            ? Integer.toString(summary.n())
            : summary.n() + " of " + (summary.n() + without);
    return "%s ± %s (%s)".formatted(of(summary.mean()), of(summary.deviation()), count);
  }

  static String interval(Summary summary) {
    return Double.isNaN(summary.halfInterval())
        ? NOTHING
        : "[%s, %s]"
            .formatted(
                of(summary.mean() - summary.halfInterval()),
                of(summary.mean() + summary.halfInterval()));
  }
}
