package org.bilateralbrain.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.bilateralbrain.store.SweepPlanFile;

/**
 * {@code table.md}: test accuracy in percent, mean ± sample standard deviation (n) over seeds, for each model, variant
 * and backbone. Aligned, so that it reads well in a terminal, too.
 */
public final class AccuracyTable {

  public static final String FILE_NAME = "table.md";

  private static final String NOTHING = "–";
  private static final List<String> HEADS = List.of("fine", "coarse");
  private static final List<String> HEADER = List.of("model", "variant", "backbone", "fine %", "coarse %");

  private AccuracyTable() {}

  public static String of(List<ResultRow> rows) {
    Map<List<String>, List<ResultRow>> groups =
        rows.stream()
            .collect(Collectors.groupingBy(AccuracyTable::group, LinkedHashMap::new, Collectors.toList()));
    List<List<String>> lines = new ArrayList<>();
    lines.add(HEADER);
    groups.forEach(
        (group, members) -> {
          List<String> line = new ArrayList<>(group);
          HEADS.forEach(head -> line.add(summary(members, head)));
          lines.add(line);
        });
    String variance = VarianceTable.of(rows);
    return render(lines)
        + "\nTest accuracy: mean ± sample standard deviation (number of networks).\n"
        + (variance.isEmpty() ? "" : "\n" + variance);
  }

  private static List<String> group(ResultRow row) {
    SweepPlanFile.Cell cell = row.cell();
    String left = cell.backboneLeft();
    String right = cell.backboneRight();
    String backbone = left.isEmpty() ? right : right.isEmpty() || left.equals(right) ? left : left + " + " + right;
    return List.of(cell.model(), cell.variant(), backbone);
  }

  /** Seeds without a result are not passed over in silence: (2 of 3). */
  private static String summary(List<ResultRow> members, String head) {
    List<ResultRow> ofHead = members.stream().filter(row -> row.head().equals(head)).toList();
    if (ofHead.isEmpty()) {
      return "";
    }
    SummaryStatistics accuracies = new SummaryStatistics();
    ofHead.forEach(row -> row.accuracy().ifPresent(a -> accuracies.addValue(100 * a.test())));
    long n = accuracies.getN();
    String count = n == ofHead.size() ? Long.toString(n) : n + " of " + ofHead.size();
    String mean = n == 0 ? NOTHING : String.format(Locale.ROOT, "%.2f", accuracies.getMean());
    String deviation = n < 2 ? NOTHING : String.format(Locale.ROOT, "%.2f", accuracies.getStandardDeviation());
    return "%s ± %s (%s)".formatted(mean, deviation, count);
  }

  private static String render(List<List<String>> lines) {
    int[] widths = new int[HEADER.size()];
    for (List<String> line : lines) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], line.get(column).length());
      }
    }
    StringBuilder table = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      table.append(row(lines.get(i), widths));
      if (i == 0) {
        List<String> rule = new ArrayList<>();
        for (int width : widths) {
          rule.add("-".repeat(width));
        }
        table.append(row(rule, widths));
      }
    }
    return table.toString();
  }

  private static String row(List<String> cells, int[] widths) {
    StringBuilder row = new StringBuilder("|");
    for (int column = 0; column < widths.length; column++) {
      String cell = cells.get(column);
      row.append(' ').append(cell).append(" ".repeat(widths[column] - cell.length())).append(" |");
    }
    return row.append('\n').toString();
  }
}
