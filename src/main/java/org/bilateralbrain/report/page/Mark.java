package org.bilateralbrain.report.page;

import java.util.List;
import org.bilateralbrain.report.Html;

/**
 * A mark at a place of a figure; several differ in shape, too, for who can't tell the colours
 * apart.
 */
final class Mark {

  private static final int SHAPES = 4;

  private Mark() {}

  static String svg(int number, double x, double y) {
    String shape =
        switch (number % SHAPES) {
          case 0 -> "<circle class='mark c%s' cx='0' cy='0' r='5'/>";
          case 1 -> "<rect class='mark c%s' x='-4.5' y='-4.5' width='9' height='9'/>";
          case 2 -> "<path class='mark c%s' d='M0 -6 L6 5 L-6 5 Z'/>";
          default -> "<path class='mark c%s' d='M0 -6.5 L6.5 0 L0 6.5 L-6.5 0 Z'/>";
        };
    return "<g transform='translate(%s %s)'>%s</g>"
        .formatted(Html.number(x), Html.number(y), shape.formatted(number));
  }

  static String legend(List<String> names) {
    StringBuilder legend = new StringBuilder("<ul class='legend'>");
    for (int i = 0; i < names.size(); i++) {
      legend.append(
          "<li><svg class='key' viewBox='-8 -8 16 16' aria-hidden='true'>%s</svg>%s</li>"
              .formatted(svg(i, 0, 0), Html.escaped(names.get(i))));
    }
    return legend.append("</ul>\n").toString();
  }
}
