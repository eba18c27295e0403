package org.bilateralbrain.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bilateralbrain.statistics.Group;
import org.bilateralbrain.statistics.ResultRow;
import org.bilateralbrain.statistics.Sample;
import org.bilateralbrain.statistics.VarianceComponents;
import org.bilateralbrain.store.Heads;

/**
 * {@code table.md}: test accuracy in percent, mean ± sample standard deviation (n) over seeds, for
 * each model, variant and backbone. Aligned, so that it is readable in a terminal, too.
 */
public final class AccuracyTable {

  public static final String FILE_NAME = "table.md";

  private AccuracyTable() {}

  /**
   * @param plan hash of the plan that the rows are of
   */
  public static String of(String plan, List<ResultRow> rows) {
    Map<Group, Map<String, Sample>> lines =
        Sample.lines(Sample.of(SweepResults.inTableOrder(rows)));
    TextTable table = new TextTable(List.of("model", "variant", "backbone", "fine %", "coarse %"));
    lines.forEach(
        (group, heads) -> {
          List<String> line =
              new ArrayList<>(List.of(group.model(), group.variant(), group.backbone()));
          for (String head : Heads.ALL) {
            Sample sample = heads.get(head);
            line.add(
                sample == null
                    ? ""
                    : TextTable.meanAndDeviation(sample.summary(), sample.without().size()));
          }
          table.add(line);
        });
    return table.markdown()
        + "\nTest accuracy: mean ± sample standard deviation (number of networks). Plan %s.\n"
            .formatted(plan)
        + variance(rows);
  }

  /** Empty unless left and right hemispheres are crossed. */
  private static String variance(List<ResultRow> rows) {
    StringBuilder lines = new StringBuilder();
    for (VarianceComponents of : VarianceComponents.of(rows)) {
      lines.append(
          String.format(
              Locale.ROOT,
              "%s, %s, %s: left %.2f, right %.2f, within %.2f%n",
              of.model(),
              of.variant(),
              of.head(),
              100 * of.left(),
              100 * of.right(),
              100 * of.within()));
    }
    return lines.isEmpty()
        ? ""
        : "\nStandard deviation between left hemispheres, between right hemispheres, and within pairs (percentage points):\n\n"
            + lines;
  }
}
