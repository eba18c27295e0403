package org.bilateralbrain.report.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** From values to places on a page. */
record Scale(double fromValue, double toValue, double fromPlace, double toPlace) {

  /** With round numbers at both ends, so that all values lie between them. */
  static Scale around(double least, double most, double fromPlace, double toPlace) {
    double step = step(least, most);
    double from = Math.floor(least / step) * step;
    double to = Math.ceil(most / step) * step;
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

  /** One, two or five times a power of ten, about five of them. */
  private static double step(double least, double most) {
    double rough = Math.max(most - least, 1e-9) / 5;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    for (double factor : new double[] {1, 2, 5}) {
      if (rough <= factor * power) {
        return factor * power;
      }
    }
    return 10 * power;
  }
}
