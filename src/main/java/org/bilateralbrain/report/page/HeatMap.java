package org.bilateralbrain.report.page;

import java.util.List;
import java.util.Locale;
import org.bilateralbrain.report.Html;

/** Numbers in rows and columns as cells that are the darker the larger they are. */
final class HeatMap {

  private static final int CELL = 18;
  private static final int LABELS = 290;
  private static final int FOOT = 24;

  private HeatMap() {}

  /**
   * @param title for who can't see it
   * @param cells in 0..1
   * @param rowNames empty for numbers along both sides
   */
  static String svg(
      String title, double[][] cells, List<String> rowNames, String rows, String columns) {
    int left = rowNames.isEmpty() ? FOOT : LABELS;
    int side = (rowNames.isEmpty() ? CELL / 2 : CELL) * cells.length;
    StringBuilder svg =
        new StringBuilder(
            "<svg class='map' viewBox='0 0 %s %s' role='img' aria-label='%s'>%n"
                .formatted(left + side + 2, side + FOOT, Html.escaped(title)));
    svg.append(
        "<rect class='frame' x='%s' y='0' width='%s' height='%s'/>".formatted(left, side, side));
    double size = (double) side / cells.length;
    for (int row = 0; row < cells.length; row++) {
      if (!rowNames.isEmpty()) {
        svg.append(
            "<text class='name' x='%s' y='%s'>%s</text>"
                .formatted(
                    left - 6,
                    Html.number((row + 0.75) * size),
                    Html.escaped(Html.name(rowNames.get(row)))));
      }
      for (int column = 0; column < cells.length; column++) {
        if (cells[row][column] > 0) {
          svg.append(
              "<rect class='cell' x='%s' y='%s' width='%s' height='%s' fill-opacity='%s'/>"
                  .formatted(
                      Html.number(left + column * size),
                      Html.number(row * size),
                      Html.number(size),
                      Html.number(size),
                      String.format(
                          Locale.ROOT, "%.2f", Math.max(0.03, Math.min(1, cells[row][column])))));
        }
      }
    }
    svg.append(
        "<text class='axis' x='%s' y='%s'>%s</text>"
            .formatted(left + side / 2, side + 17, Html.escaped(columns)));
    if (rowNames.isEmpty()) {
      svg.append(
          "<text class='axis' transform='translate(15 %s) rotate(-90)'>%s</text>"
              .formatted(side / 2, Html.escaped(rows)));
    }
    return svg.append("</svg>\n").toString();
  }
}
