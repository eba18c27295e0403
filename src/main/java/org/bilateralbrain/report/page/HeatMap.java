package org.bilateralbrain.report.page;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.bilateralbrain.report.Html;
import org.bilateralbrain.store.AnalysisFile;

/** A matrix as cells that are darker the larger their numbers are. */
final class HeatMap {

  private static final int CELL = 18;
  private static final int LABELS = 290;
  private static final int FOOT = 24;

  private static final int MAX_NAMED = 5;

  private HeatMap() {}

  /**
   * @param title for readers who can't see it
   * @param cells in 0..1
   * @param rowNames empty if both sides are numbers, which are not labelled
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

  /**
   * Which superclasses are confused with which: means over networks.
   *
   * @param of networks that differ only in their seeds, each with such a head
   */
  static String confusions(String title, String head, List<AnalysisFile> of) {
    List<String> names = of.get(0).superclasses();
    double[][] shares = shares(head, of, names.size());
    String words = mostFrequent(shares, names);
    return "<div><h3>%s</h3>".formatted(Html.escaped(title))
        + svg(
            "%s: most frequent confusions: %s".formatted(title, words),
            shares,
            names,
            "",
            "predicted")
        + Html.note("Most frequent confusions: " + words + ".")
        + "</div>\n";
  }

  private static double[][] shares(String head, List<AnalysisFile> of, int superclasses) {
    double[][] shares = new double[superclasses][superclasses];
    for (AnalysisFile analysis : of) {
      int[][] counts = Objects.requireNonNull(analysis.heads().get(head)).superclasses();
      for (int truth = 0; truth < shares.length; truth++) {
        int images = Arrays.stream(counts[truth]).sum();
        for (int answer = 0; answer < shares.length && images > 0; answer++) {
          shares[truth][answer] += (double) counts[truth][answer] / images / of.size();
        }
      }
    }
    return shares;
  }

  private record Confused(String truth, String answer, double share) {}

  private static String mostFrequent(double[][] shares, List<String> names) {
    List<Confused> all = new ArrayList<>();
    for (int truth = 0; truth < shares.length; truth++) {
      for (int answer = 0; answer < shares.length; answer++) {
        if (answer != truth) {
          all.add(
              new Confused(
                  Html.name(names.get(truth)),
                  Html.name(names.get(answer)),
                  shares[truth][answer]));
        }
      }
    }
    return all.stream()
        .sorted(Comparator.comparingDouble(each -> -each.share()))
        .limit(MAX_NAMED)
        .map(
            each ->
                String.format(
                    Locale.ROOT,
                    "%s as %s (%.0f %%)",
                    each.truth(),
                    each.answer(),
                    100 * each.share()))
        .collect(Collectors.joining("; "));
  }
}
