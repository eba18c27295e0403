package org.bilateralbrain.report.page;

import java.util.List;
import java.util.Locale;
import org.bilateralbrain.report.Html;
import org.bilateralbrain.report.Statistics;
import org.bilateralbrain.report.Summary;

/** Test accuracy by model: every network a dot, the mean with its 95 % confidence interval. */
final class AccuracyFigure {

  private static final int WIDTH = 720;
  private static final int LABELS = 330;
  private static final int RIGHT = 16;
  private static final int ROW = 26;
  private static final int FOOT = 40;

  private AccuracyFigure() {}

  /**
   * @param lines of one kind of head, each with at least one result
   */
  static String svg(String head, List<Statistics.Accuracy> lines) {
    double least = lines.stream().mapToDouble(AccuracyFigure::low).min().orElse(0);
    double most = lines.stream().mapToDouble(AccuracyFigure::high).max().orElse(1);
    Scale x =
        Scale.around(100 * Math.max(0, least), 100 * Math.min(1, most), LABELS, WIDTH - RIGHT);
    int height = lines.size() * ROW + FOOT;
    StringBuilder svg =
        new StringBuilder(
            """
            <svg viewBox="0 0 %s %s" role="img" aria-label="Test accuracy of the %s head by model, %s">
            """
                .formatted(WIDTH, height, head, Html.escaped(inWords(lines))));
    int bottom = lines.size() * ROW + 4;
    for (double tick : x.ticks()) {
      String place = Html.number(x.place(tick));
      svg.append(
          "<line class='grid' x1='%s' x2='%s' y1='4' y2='%s'/>".formatted(place, place, bottom));
      svg.append(
          "<text class='tick' x='%s' y='%s'>%s</text>"
              .formatted(place, bottom + 15, Scale.label(tick)));
    }
    svg.append(
        "<text class='axis' x='%s' y='%s'>test accuracy, %%</text>%n"
            .formatted((LABELS + WIDTH) / 2, height - 6));
    boolean withBackbone =
        lines.stream().map(line -> line.group().backbone()).distinct().count() > 1;
    for (int i = 0; i < lines.size(); i++) {
      row(lines.get(i), withBackbone, x, i * ROW + ROW / 2 + 4, svg);
    }
    return svg.append("</svg>\n").toString();
  }

  private static void row(
      Statistics.Accuracy line, boolean withBackbone, Scale x, int y, StringBuilder svg) {
    String name = line.group().name(withBackbone);
    svg.append(
        "<text class='name' x='%s' y='%s'>%s</text>"
            .formatted(LABELS - 10, y + 4, Html.escaped(name)));
    for (double value : line.values()) {
      svg.append(
          "<circle class='seed' cx='%s' cy='%s' r='3.5'/>"
              .formatted(Html.number(x.place(100 * value)), y));
    }
    Summary summary = line.summary();
    if (!Double.isNaN(summary.halfInterval())) {
      svg.append(
          "<line class='interval' x1='%s' x2='%s' y1='%s' y2='%s'/>"
              .formatted(
                  Html.number(x.place(100 * Math.max(0, summary.mean() - summary.halfInterval()))),
                  Html.number(x.place(100 * Math.min(1, summary.mean() + summary.halfInterval()))),
                  y,
                  y));
    }
    String mean = Html.number(x.place(100 * summary.mean()));
    svg.append(
        "<line class='mean' x1='%s' x2='%s' y1='%s' y2='%s'/>%n"
            .formatted(mean, mean, y - 8, y + 8));
  }

  private static double low(Statistics.Accuracy line) {
    double interval = line.summary().mean() - line.summary().halfInterval();
    double dots = line.values().stream().mapToDouble(v -> v).min().orElse(0);
    return Double.isNaN(interval) ? dots : Math.min(dots, interval);
  }

  private static double high(Statistics.Accuracy line) {
    double interval = line.summary().mean() + line.summary().halfInterval();
    double dots = line.values().stream().mapToDouble(v -> v).max().orElse(1);
    return Double.isNaN(interval) ? dots : Math.max(dots, interval);
  }

  private static String inWords(List<Statistics.Accuracy> lines) {
    StringBuilder words = new StringBuilder();
    for (Statistics.Accuracy line : lines) {
      words.append(
          String.format(
              Locale.ROOT,
              "%s %s: %.2f %%; ",
              line.group().model(),
              line.group().variant(),
              100 * line.summary().mean()));
    }
    return words.toString().strip();
  }
}
