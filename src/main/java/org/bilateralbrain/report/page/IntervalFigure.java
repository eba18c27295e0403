package org.bilateralbrain.report.page;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.bilateralbrain.report.ContrastsText;
import org.bilateralbrain.report.Html;
import org.bilateralbrain.report.StatisticsText;
import org.bilateralbrain.statistics.Comparison;
import org.bilateralbrain.statistics.Contrast;
import org.bilateralbrain.statistics.Group;
import org.bilateralbrain.statistics.Interval;
import org.bilateralbrain.statistics.Sample;
import org.bilateralbrain.statistics.Summary;

/** Means with their 95 % confidence intervals, a row for each group. */
final class IntervalFigure {

  private static final int WIDTH = 720;
  private static final int LABELS = 330;
  private static final int RIGHT = 16;
  private static final int ROW = 26;
  private static final int BELOW = 8;
  private static final int FOOT = 40;

  /** Characters of a name that fit beside the figure. */
  private static final int MAX_NAME = 44;

  /** Of a longer name, so many of the first characters are shown, and of the last ones the rest. */
  private static final int START = 14;

  private IntervalFigure() {}

  /** The marks of one row at a height, on a scale in percent. */
  private interface Marks {
    String svg(Scale x, int y);
  }

  private record Row(String name, Marks marks) {}

  /**
   * Test accuracy by model: a dot for every network.
   *
   * @param samples of this head, each with at least one result
   */
  static String accuracies(String head, List<Sample> samples) {
    double min = samples.stream().flatMapToDouble(IntervalFigure::extent).min().orElse(0);
    double max = samples.stream().flatMapToDouble(IntervalFigure::extent).max().orElse(1);
    return svg(
        "Test accuracy of the %s head by model, %s".formatted(head, description(samples)),
        "test accuracy, %",
        scale(Math.max(0, min), Math.min(1, max)),
        samples.stream()
            .map(
                sample ->
                    new Row(
                        StatisticsText.name(sample.group(), hasBackbones(samples, Sample::group)),
                        (x, y) -> marks(sample, x, y)))
            .toList());
  }

  /**
   * Effect of each variant on the accuracy of its models.
   *
   * @param effects on this head, each with at least one difference
   */
  static String effects(String head, List<Comparison> effects) {
    double min = effects.stream().flatMapToDouble(each -> ends(each.differences())).min().orElse(0);
    double max = effects.stream().flatMapToDouble(each -> ends(each.differences())).max().orElse(0);
    return svg(
        "Effect of each variant on test accuracy, %s labels".formatted(head),
        "difference, percentage points",
        scale(Math.min(0, min), Math.max(0, max)),
        effects.stream()
            .map(
                effect ->
                    new Row(
                        StatisticsText.name(
                            effect.group(), hasBackbones(effects, Comparison::group)),
                        (x, y) -> marks(effect.differences(), x, y)))
            .toList());
  }

  /**
   * Planned comparisons, all heads in one figure.
   *
   * @param contrasts each with at least one difference
   */
  static String contrasts(List<Contrast> contrasts) {
    double[] ends = contrasts.stream().flatMapToDouble(IntervalFigure::ends).toArray();
    boolean hasBackbones = hasBackbones(contrasts, each -> each.comparison().group());
    return svg(
        "Differences in test accuracy of the named contrasts",
        "difference, percentage points",
        scale(
            Math.min(0, DoubleStream.of(ends).min().orElse(0)),
            Math.max(0, DoubleStream.of(ends).max().orElse(0))),
        contrasts.stream()
            .map(
                each ->
                    new Row(
                        "%s: %s"
                            .formatted(
                                each.comparison().head(),
                                ContrastsText.name(each.comparison(), hasBackbones)
                                    .replace("bilateral-", "")),
                        (x, y) -> marks(each, x, y)))
            .toList());
  }

  private static DoubleStream ends(Contrast contrast) {
    DoubleStream ofSeeds = ends(contrast.comparison().differences());
    Interval both = contrast.seedsAndImages();
    return both.isKnown()
        ? DoubleStream.concat(ofSeeds, DoubleStream.of(both.low(), both.high()))
        : ofSeeds;
  }

  private static <T> boolean hasBackbones(List<T> rows, Function<T, Group> group) {
    return rows.stream().map(row -> group.apply(row).backbone()).distinct().count() > 1;
  }

  private static Scale scale(double lowest, double highest) {
    return Scale.around(100 * lowest, 100 * highest, LABELS, WIDTH - RIGHT);
  }

  private static String svg(String title, String axis, Scale x, List<Row> rows) {
    int bottom = rows.size() * ROW + 4;
    StringBuilder svg =
        new StringBuilder(
            """
            <svg viewBox="0 0 %s %s" role="img" aria-label="%s">
            """
                .formatted(WIDTH, bottom + FOOT, Html.escaped(title)));
    svg.append(x.horizontalAxis(axis, bottom));
    for (int i = 0; i < rows.size(); i++) {
      int y = i * ROW + ROW / 2 + 4;
      String name = rows.get(i).name();
      svg.append(
          "<text class='name' x='%s' y='%s'>%s<title>%s</title></text>%s%n"
              .formatted(
                  LABELS - 10,
                  y + 4,
                  Html.escaped(shortened(name)),
                  Html.escaped(name),
                  rows.get(i).marks().svg(x, y)));
    }
    return svg.append("</svg>\n").toString();
  }

  /** Names differ in their middles least: they begin with the model, and swept values end them. */
  private static String shortened(String name) {
    return name.length() <= MAX_NAME
        ? name
        : name.substring(0, START) + "…" + name.substring(name.length() - (MAX_NAME - START - 1));
  }

  private static String marks(Sample sample, Scale x, int y) {
    StringBuilder svg = new StringBuilder();
    for (double value : sample.values()) {
      svg.append(
          "<circle class='seed' cx='%s' cy='%s' r='3.5'/>"
              .formatted(Html.number(x.place(100 * value)), y));
    }
    Summary summary = sample.summary();
    if (!Double.isNaN(summary.halfInterval())) {
      svg.append(interval(Math.max(0, summary.low()), Math.min(1, summary.high()), x, y));
    }
    String mean = Html.number(x.place(100 * summary.mean()));
    return svg.append(
            "<line class='mean' x1='%s' x2='%s' y1='%s' y2='%s'/>"
                .formatted(mean, mean, y - 8, y + 8))
        .toString();
  }

  /** The second interval just below the first, which would hide it. */
  private static String marks(Contrast contrast, Scale x, int y) {
    Interval both = contrast.seedsAndImages();
    String images = both.isKnown() ? line("images", both.low(), both.high(), x, y + BELOW) : "";
    return images + marks(contrast.comparison().differences(), x, y);
  }

  private static String marks(Summary differences, Scale x, int y) {
    String interval =
        Double.isNaN(differences.halfInterval())
            ? ""
            : interval(differences.low(), differences.high(), x, y);
    return "%s<circle class='effect' cx='%s' cy='%s' r='4.5'/>"
        .formatted(interval, Html.number(x.place(100 * differences.mean())), y);
  }

  private static String interval(double low, double high, Scale x, int y) {
    return line("interval", low, high, x, y);
  }

  private static String line(String kind, double low, double high, Scale x, int y) {
    return "<line class='%s' x1='%s' x2='%s' y1='%s' y2='%s'/>"
        .formatted(kind, Html.number(x.place(100 * low)), Html.number(x.place(100 * high)), y, y);
  }

  private static DoubleStream extent(Sample sample) {
    return DoubleStream.concat(
        ends(sample.summary()), sample.values().stream().mapToDouble(Double::doubleValue));
  }

  /** Of the interval, or the mean alone if there is none. */
  private static DoubleStream ends(Summary summary) {
    return Double.isNaN(summary.halfInterval())
        ? DoubleStream.of(summary.mean())
        : DoubleStream.of(summary.low(), summary.high());
  }

  /** For readers who can't see the figure. */
  private static String description(List<Sample> samples) {
    return samples.stream()
        .map(
            sample ->
                String.format(
                    Locale.ROOT,
                    "%s %s: %.2f %%",
                    sample.group().model(),
                    sample.group().variant(),
                    100 * sample.summary().mean()))
        .collect(Collectors.joining("; "));
  }
}
