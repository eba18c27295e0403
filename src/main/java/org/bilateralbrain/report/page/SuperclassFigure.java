package org.bilateralbrain.report.page;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
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

  private SuperclassFigure() {}

  /**
   * @param accuracies by model, in 0..1, one for each superclass; rows are sorted by the last
   *     model's
   */
  static String svg(String head, List<String> superclasses, Map<String, double[]> accuracies) {
    double[] last =
        List.copyOf(new LinkedHashMap<>(accuracies).values()).get(accuracies.size() - 1);
    List<Integer> order =
        IntStream.range(0, superclasses.size())
            .boxed()
            .sorted(Comparator.comparingDouble(superclass -> -last[superclass]))
            .toList();
    double most = accuracies.values().stream().flatMapToDouble(Arrays::stream).max().orElse(1);
    Scale x = Scale.around(0, 100 * most, LABELS, WIDTH - 16);
    int bottom = superclasses.size() * ROW + 4;
    StringBuilder svg =
        new StringBuilder(
            "<svg viewBox='0 0 %s %s' role='img' aria-label='Accuracy of %s answers by superclass: %s'>%n"
                .formatted(
                    WIDTH,
                    bottom + FOOT,
                    head,
                    Html.escaped(inWords(order, superclasses, accuracies))));
    for (double tick : x.ticks()) {
      String place = Html.number(x.place(tick));
      svg.append(
          "<line class='grid' x1='%s' x2='%s' y1='4' y2='%s'/>".formatted(place, place, bottom));
      svg.append(
          "<text class='tick' x='%s' y='%s'>%s</text>"
              .formatted(place, bottom + 15, Scale.label(tick)));
    }
    svg.append(
        "<text class='axis' x='%s' y='%s'>%% of the images of a superclass</text>%n"
            .formatted((LABELS + WIDTH) / 2, bottom + 34));
    for (int row = 0; row < order.size(); row++) {
      int y = row * ROW + ROW / 2 + 4;
      svg.append(
          "<text class='name' x='%s' y='%s'>%s</text>"
              .formatted(
                  LABELS - 10, y + 4, Html.escaped(Html.name(superclasses.get(order.get(row))))));
      int number = 0;
      for (double[] of : accuracies.values()) {
        svg.append(Mark.svg(number++, x.place(100 * of[order.get(row)]), y));
      }
      svg.append('\n');
    }
    return svg.append("</svg>\n").append(Mark.legend(List.copyOf(accuracies.keySet()))).toString();
  }

  private static String inWords(
      List<Integer> order, List<String> superclasses, Map<String, double[]> accuracies) {
    StringBuilder words = new StringBuilder();
    for (int superclass : order) {
      words.append(superclasses.get(superclass)).append(": ");
      accuracies.forEach(
          (model, of) ->
              words.append(
                  String.format(Locale.ROOT, "%s %.1f %%, ", model, 100 * of[superclass])));
    }
    return words.toString();
  }
}
