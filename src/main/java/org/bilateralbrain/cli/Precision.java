package org.bilateralbrain.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bilateralbrain.report.ContrastsText;
import org.bilateralbrain.statistics.Contrast;

/**
 * How precisely a sweep's contrasts are to be known, and how many seeds that may take. Stopping by
 * the width of intervals, not by p-values, leaves means unbiased; intervals become right with the
 * number of seeds (Chow and Robbins, Annals of Mathematical Statistics 36, 1965).
 *
 * @param halfInterval the largest half width of a 95 % interval over seeds, in percentage points
 * @param maxSeeds more are not added
 */
record Precision(double halfInterval, int maxSeeds) {

  private static final Pattern FORM = Pattern.compile("half-interval=([0-9]*\\.?[0-9]+)");

  /** Empty if it is not of the form half-interval=POINTS, with more than 0 points. */
  static Optional<Precision> parse(String until, int maxSeeds) {
    Matcher matcher = FORM.matcher(until);
    return Optional.of(matcher)
        .filter(Matcher::matches)
        .map(form -> Double.parseDouble(form.group(1)))
        .filter(points -> points > 0)
        .map(points -> new Precision(points, maxSeeds));
  }

  boolean isReached(List<Contrast> contrasts) {
    return contrasts.stream().allMatch(each -> width(each) <= halfInterval);
  }

  /** In percentage points; infinite if there is no interval yet. */
  private static double width(Contrast contrast) {
    double half = 100 * contrast.comparison().differences().halfInterval();
    return Double.isNaN(half) ? Double.POSITIVE_INFINITY : half;
  }

  /**
   * How many seeds to add next: as many as the widest contrast is estimated to need, but no more
   * than doubles them, because few seeds say little about the spread.
   *
   * @param seeds there are
   * @return 0 if the limit is reached
   */
  int seedsToAdd(List<Contrast> contrasts, int seeds) {
    Contrast widest = widest(contrasts);
    int needed = needed(widest).orElse(Double.isInfinite(width(widest)) ? 1 : seeds);
    return Math.max(0, Math.min(Math.min(Math.max(1, needed), seeds), maxSeeds - seeds));
  }

  private static Contrast widest(List<Contrast> contrasts) {
    return contrasts.stream().max(Comparator.comparingDouble(Precision::width)).orElseThrow();
  }

  private Optional<Integer> needed(Contrast contrast) {
    return Optional.ofNullable(contrast.seedsForHalfInterval(halfInterval / 100));
  }

  /** How far it is, by the widest contrast. */
  String inWords(List<Contrast> contrasts, int seeds) {
    Contrast widest = widest(contrasts);
    String name =
        "%s (%s)".formatted(new ContrastsText(contrasts).name(widest), widest.comparison().head());
    if (Double.isInfinite(width(widest))) {
      return "%s seeds: no interval yet for %s".formatted(seeds, name);
    }
    return String.format(
        Locale.ROOT,
        "%s seeds: the widest interval is ±%.2f points, of %s; %s",
        seeds,
        width(widest),
        name,
        isReached(contrasts)
            ? String.format(Locale.ROOT, "at most %s were asked for", halfInterval)
            : String.format(
                Locale.ROOT,
                "±%s takes about %s seeds",
                halfInterval,
                needed(widest).map(more -> Integer.toString(seeds + more)).orElse("a million")));
  }
}
