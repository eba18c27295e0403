package org.bilateralbrain.report.page;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import org.bilateralbrain.report.Html;

/** Curves over epochs: the mean over seeds as a line, their range as a band. */
final class CurvesFigure {

  private static final int WIDTH = 720;
  private static final int HEIGHT = 300;
  private static final int LEFT = 56;
  private static final int BOTTOM = 256;
  private static final int COLOURS = 6;

  private CurvesFigure() {}

  /**
   * A quantity over the epochs, for networks that differ only in their seeds.
   *
   * @param seeds a list for each network, with a value for each epoch
   */
  record Curve(String name, List<List<Double>> seeds) {

    int epochs() {
      return seeds.stream().mapToInt(List::size).max().orElse(0);
    }

    /** Of the networks that were trained for more than that many epochs. */
    DoubleSummaryStatistics at(int epoch) {
      return seeds.stream()
          .filter(values -> epoch < values.size())
          .mapToDouble(values -> values.get(epoch))
          .summaryStatistics();
    }
  }

  /**
   * @param quantity the name of the values
   * @param curves each with at least one value
   */
  static String svg(String quantity, List<Curve> curves) {
    int epochs = curves.stream().mapToInt(Curve::epochs).max().orElse(1);
    DoubleSummaryStatistics all =
        curves.stream()
            .flatMap(curve -> curve.seeds().stream())
            .flatMap(List::stream)
            .mapToDouble(v -> v)
            .summaryStatistics();
    Scale x = new Scale(1, Math.max(2, epochs), LEFT, WIDTH - 16);
    Scale y = Scale.around(all.getMin(), all.getMax(), BOTTOM, 12);
    StringBuilder svg =
        new StringBuilder(
            """
            <svg viewBox="0 0 %s %s" role="img" aria-label="%s over %s epochs, %s curves">
            """
                .formatted(WIDTH, HEIGHT, Html.escaped(quantity), epochs, curves.size()));
    for (double tick : y.ticks()) {
      String place = Html.number(y.place(tick));
      svg.append(
          "<line class='grid' x1='%s' x2='%s' y1='%s' y2='%s'/>"
              .formatted(LEFT, WIDTH - 16, place, place));
      svg.append(
          "<text class='name' x='%s' y='%s'>%s</text>"
              .formatted(LEFT - 8, Html.number(y.place(tick) + 4), label(tick)));
    }
    for (double tick : Scale.around(1, Math.max(2, epochs), 0, 1).ticks()) {
      if (tick >= 1 && tick <= epochs && tick == Math.rint(tick)) {
        svg.append(
            "<text class='tick' x='%s' y='%s'>%s</text>"
                .formatted(Html.number(x.place(tick)), BOTTOM + 16, Scale.label(tick)));
      }
    }
    svg.append(
        "<text class='axis' x='%s' y='%s'>epoch</text>%n"
            .formatted((LEFT + WIDTH) / 2, HEIGHT - 6));
    for (int i = 0; i < curves.size(); i++) {
      curve(curves.get(i), i, x, y, svg);
    }
    return svg.append("</svg>\n").append(legend(curves)).toString();
  }

  private static String label(double tick) {
    return new BigDecimal(tick).round(new MathContext(4)).stripTrailingZeros().toPlainString();
  }

  private static void curve(Curve curve, int number, Scale x, Scale y, StringBuilder svg) {
    StringBuilder line = new StringBuilder();
    StringBuilder above = new StringBuilder();
    StringBuilder below = new StringBuilder();
    for (int epoch = 0; epoch < curve.epochs(); epoch++) {
      String place = Html.number(x.place(epoch + 1));
      DoubleSummaryStatistics seeds = curve.at(epoch);
      line.append(place).append(',').append(Html.number(y.place(seeds.getAverage()))).append(' ');
      above.append(place).append(',').append(Html.number(y.place(seeds.getMax()))).append(' ');
      below.insert(0, place + "," + Html.number(y.place(seeds.getMin())) + " ");
    }
    svg.append(
        "<polygon class='band c%s' points='%s%s'/>".formatted(number % COLOURS, above, below));
    svg.append("<polyline class='%s' points='%s'/>%n".formatted(stroke(number), line));
  }

  /** After the last colour they start again, dashed. */
  private static String stroke(int number) {
    return "curve c%s%s".formatted(number % COLOURS, number / COLOURS % 2 == 0 ? "" : " dashed");
  }

  private static String legend(List<Curve> curves) {
    StringBuilder legend = new StringBuilder("<ul class='legend'>");
    for (int i = 0; i < curves.size(); i++) {
      Curve curve = curves.get(i);
      legend.append(
          "<li><svg class='key' viewBox='0 0 24 8' aria-hidden='true'><line class='%s' x1='0' x2='24' y1='4' y2='4'/></svg>%s (%s)</li>"
              .formatted(stroke(i), Html.escaped(curve.name()), curve.seeds().size()));
    }
    return legend.append("</ul>\n").toString();
  }
}
