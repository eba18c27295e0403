package org.bilateralbrain.report.page;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.bilateralbrain.report.Html;

/** Accuracy on the images of each superclass, a mark for each of a few models. */
final class SuperclassFigure {

  private static final int WIDTH = 720;
  private static final int LABELS = 300;
  private static final int ROW = 22;
  private static final int FOOT = 40;

  /** Marks differ in shape as well as in colour, for readers who can't tell colours apart. */
  private static final List<String> MARKS =
      List.of(
          "<circle class='mark c%s' cx='0' cy='0' r='5'/>",
          "<rect class='mark c%s' x='-4.5' y='-4.5' width='9' height='9'/>",
          "<path class='mark c%s' d='M0 -6 L6 5 L-6 5 Z'/>",
          "<path class='mark c%s' d='M0 -6.5 L6.5 0 L0 6.5 L-6.5 0 Z'/>");

  private SuperclassFigure() {}

  /**
   * @param accuracies by model, in 0..1, one for each superclass; rows are sorted by the last
   *     model's
   */
  static String svg(String head, List<String> superclasses, Map<String, double[]> accuracies) {
    double[] last = List.copyOf(accuracies.values()).get(accuracies.size() - 1);
    List<Integer> order =
        IntStream.range(0, superclasses.size())
            .boxed()
            .sorted(Comparator.comparingDouble(superclass -> -last[superclass]))
            .toList();
    double max = accuracies.values().stream().flatMapToDouble(Arrays::stream).max().orElse(1);
    Scale x = Scale.around(0, 100 * max, LABELS, WIDTH - 16);
    int bottom = superclasses.size() * ROW + 4;
    StringBuilder svg =
        new StringBuilder(
            "<svg viewBox='0 0 %s %s' role='img' aria-label='Accuracy by superclass, %s labels: %s'>%n"
                .formatted(
                    WIDTH,
                    bottom + FOOT,
                    head,
                    Html.escaped(description(order, superclasses, accuracies))));
    svg.append(x.horizontalAxis("% of the superclass's images", bottom));
    for (int row = 0; row < order.size(); row++) {
      int superclass = order.get(row);
      int y = row * ROW + ROW / 2 + 4;
      svg.append(
          "<text class='name' x='%s' y='%s'>%s</text>"
              .formatted(
                  LABELS - 10, y + 4, Html.escaped(Html.name(superclasses.get(superclass)))));
      int number = 0;
      for (double[] of : accuracies.values()) {
        svg.append(mark(number++, x.place(100 * of[superclass]), y));
      }
      svg.append('\n');
    }
    return svg.append("</svg>\n").append(legend(accuracies.keySet())).toString();
  }

  private static String mark(int number, double x, double y) {
    return "<g transform='translate(%s %s)'>%s</g>"
        .formatted(
            Html.number(x),
            Html.number(y),
            String.format(Locale.ROOT, MARKS.get(number % MARKS.size()), number));
  }

  private static String legend(Iterable<String> models) {
    StringBuilder legend = new StringBuilder("<ul class='legend'>");
    int number = 0;
    for (String model : models) {
      legend.append(
          "<li><svg class='key' viewBox='-8 -8 16 16' aria-hidden='true'>%s</svg>%s</li>"
              .formatted(mark(number++, 0, 0), Html.escaped(model)));
    }
    return legend.append("</ul>\n").toString();
  }

  /** For readers who can't see the figure. */
  private static String description(
      List<Integer> order, List<String> superclasses, Map<String, double[]> accuracies) {
    StringBuilder text = new StringBuilder();
    for (int superclass : order) {
      text.append(superclasses.get(superclass)).append(": ");
      accuracies.forEach(
          (model, of) ->
              text.append(String.format(Locale.ROOT, "%s %.1f %%, ", model, 100 * of[superclass])));
    }
    return text.toString();
  }
}
