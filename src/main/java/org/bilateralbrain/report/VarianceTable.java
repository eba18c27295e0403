package org.bilateralbrain.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.bilateralbrain.store.SweepPlanFile;

/**
 * Where every left hemisphere was joined with every right one: how much of the deviation comes from
 * the left hemispheres, how much from the right ones, and how much from neither. Standard
 * deviations, in percent points: of the means over each left (right) hemisphere's networks, and of
 * what is left when both means are taken away (with (l - 1) (r - 1) degrees of freedom for l left
 * and r right hemispheres).
 */
public final class VarianceTable {

  private VarianceTable() {}

  /**
   * Empty unless there are at least two hemispheres on each side, every pair of them with a result.
   */
  public static String of(List<ResultRow> rows) {
    Map<List<String>, List<ResultRow>> groups =
        rows.stream()
            .collect(
                Collectors.groupingBy(
                    VarianceTable::group, LinkedHashMap::new, Collectors.toList()));
    StringBuilder table = new StringBuilder();
    groups.forEach((group, members) -> table.append(line(group, members)));
    return table.isEmpty()
        ? ""
        : "Deviation between left hemispheres, between right ones, and within pairs (percent points):\n\n"
            + table;
  }

  private static List<String> group(ResultRow row) {
    SweepPlanFile.GridPoint cell = row.cell();
    return List.of(
        cell.model(), cell.variant(), cell.backboneLeft(), cell.backboneRight(), row.head());
  }

  private static String line(List<String> group, List<ResultRow> rows) {
    List<Long> lefts =
        List.copyOf(new TreeSet<>(rows.stream().map(row -> row.cell().seed()).toList()));
    List<Long> rights =
        List.copyOf(new TreeSet<>(rows.stream().map(row -> row.cell().seedRight()).toList()));
    boolean crossed =
        rows.size() == lefts.size() * rights.size() && lefts.size() > 1 && rights.size() > 1;
    if (!crossed || rows.stream().anyMatch(row -> row.accuracy().isEmpty())) {
      return "";
    }
    double[] left = new double[lefts.size()];
    double[] right = new double[rights.size()];
    double all = 0;
    for (ResultRow row : rows) {
      double accuracy = 100 * row.accuracy().orElseThrow().test();
      left[lefts.indexOf(row.cell().seed())] += accuracy / right.length;
      right[rights.indexOf(row.cell().seedRight())] += accuracy / left.length;
      all += accuracy / rows.size();
    }
    double within = 0;
    for (ResultRow row : rows) {
      double expected =
          left[lefts.indexOf(row.cell().seed())]
              + right[rights.indexOf(row.cell().seedRight())]
              - all;
      within += Math.pow(100 * row.accuracy().orElseThrow().test() - expected, 2);
    }
    return String.format(
        Locale.ROOT,
        "%s, %s, %s: left %.2f, right %.2f, within %.2f%n",
        group.get(0),
        group.get(1),
        group.get(4),
        deviation(left),
        deviation(right),
        Math.sqrt(within / ((left.length - 1) * (right.length - 1))));
  }

  private static double deviation(double[] means) {
    SummaryStatistics statistics = new SummaryStatistics();
    for (double mean : means) {
      statistics.addValue(mean);
    }
    return statistics.getStandardDeviation();
  }
}
