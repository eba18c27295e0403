package org.bilateralbrain.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code table.md}: test accuracy in percent, mean ± sample standard deviation (n) over seeds, for
 * each model, variant and backbone. Aligned, so that it reads well in a terminal, too.
 */
public final class AccuracyTable {

  public static final String FILE_NAME = "table.md";

  private static final List<String> HEADS = List.of("fine", "coarse");

  private AccuracyTable() {}

  /**
   * @param plan hash of the plan that the rows are of
   */
  public static String of(String plan, List<ResultRow> rows) {
    Map<Group, Map<String, Sample>> lines = new LinkedHashMap<>();
    for (Sample sample : Sample.of(rows)) {
      lines
          .computeIfAbsent(sample.group(), any -> new LinkedHashMap<>())
          .put(sample.head(), sample);
    }
    TextTable table = new TextTable(List.of("model", "variant", "backbone", "fine %", "coarse %"));
    lines.forEach(
        (group, heads) -> {
          List<String> line =
              new ArrayList<>(List.of(group.model(), group.variant(), group.backbone()));
          for (String head : HEADS) {
            Sample sample = heads.get(head);
            line.add(
                sample == null
                    ? ""
                    : Percent.meanAndDeviation(sample.summary(), sample.without().size()));
          }
          table.add(line);
        });
    String variance = VarianceTable.of(rows);
    return table.markdown()
        + "\nTest accuracy: mean ± sample standard deviation (number of networks). Plan %s.\n"
            .formatted(plan)
        + (variance.isEmpty() ? "" : "\n" + variance);
  }
}
