package org.bilateralbrain.report.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bilateralbrain.report.Html;

/** Maps values to coordinates on the page. */
record Scale(double fromValue, double toValue, double fromPlace, double toPlace) {

  /** With round numbers at both ends, so that all values lie between them. */
  static Scale around(double min, double max, double fromPlace, double toPlace) {
    double step = step(min, max);
    double from = Math.floor(min / step) * step;
    double to = Math.ceil(max / step) * step;
    return new Scale(from, to > from ? to : from + step, fromPlace, toPlace);
  }

  double place(double value) {
    return fromPlace + (value - fromValue) / (toValue - fromValue) * (toPlace - fromPlace);
  }

  /** Round values to label. */
  List<Double> ticks() {
    double step = step(fromValue, toValue);
    List<Double> ticks = new ArrayList<>();
    for (long i = Math.round(fromValue / step); i * step <= toValue + step / 1e6; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  static String label(double tick) {
    return String.format(Locale.ROOT, tick == Math.rint(tick) ? "%.0f" : "%.1f", tick);
  }

  /** As a horizontal axis under a figure's rows, with a grid line for each tick. */
  String horizontalAxis(String name, int bottom) {
    StringBuilder svg = new StringBuilder();
    for (double tick : ticks()) {
      String place = Html.number(place(tick));
      String kind = Math.abs(tick) < 1e-9 ? "zero" : "grid";
      svg.append(
          "<line class='%s' x1='%s' x2='%s' y1='4' y2='%s'/>"
              .formatted(kind, place, place, bottom));
      svg.append(
          "<text class='tick' x='%s' y='%s'>%s</text>".formatted(place, bottom + 15, label(tick)));
    }
    return svg.append(
            "<text class='axis' x='%s' y='%s'>%s</text>%n"
                .formatted(Html.number((fromPlace + toPlace) / 2), bottom + 34, Html.escaped(name)))
        .toString();
  }

  /** One, two or five times a power of ten, for about five steps. */
  private static double step(double min, double max) {
    double rough = Math.max(max - min, 1e-9) / 5;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    for (double factor : new double[] {1, 2, 5}) {
      if (rough <= factor * power) {
        return factor * power;
      }
    }
    return 10 * power;
  }
}
