package org.bilateralbrain.statistics;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.bilateralbrain.store.SweepPlanFile;

/**
 * Where every left hemisphere is joined with every right one: how much of the spread of test
 * accuracies comes from the left hemispheres, how much from the right ones, and how much from
 * neither. All are standard deviations of accuracies in 0..1.
 *
 * @param left how much left hemispheres differ in what they contribute; 0 where networks differ no
 *     more between them than chance would make them, see {@link CrossedDesign}
 * @param right likewise
 * @param within what is left: the heads' training, and how the two hemispheres go together
 */
public record VarianceComponents(
    String model, String variant, String head, double left, double right, double within) {

  /** What all networks of one crossed design have in common. */
  private record Crossed(
      String model, String variant, String backboneLeft, String backboneRight, String head) {}

  /**
   * One for each model, variant, pair of backbones and head with at least two hemispheres on each
   * side, if every pair of them has a result.
   */
  public static List<VarianceComponents> of(List<ResultRow> rows) {
    Map<Crossed, List<ResultRow>> designs =
        rows.stream()
            .collect(
                Collectors.groupingBy(
                    VarianceComponents::design, LinkedHashMap::new, Collectors.toList()));
    return designs.entrySet().stream()
        .flatMap(design -> of(design.getKey(), design.getValue()).stream())
        .toList();
  }

  private static Crossed design(ResultRow row) {
    SweepPlanFile.GridPoint cell = row.cell();
    return new Crossed(
        cell.model(), cell.variant(), cell.backboneLeft(), cell.backboneRight(), row.head());
  }

  private static Optional<VarianceComponents> of(Crossed design, List<ResultRow> rows) {
    List<Long> lefts = distinct(rows.stream().map(row -> row.cell().seed()).toList());
    List<Long> rights = distinct(rows.stream().map(row -> row.cell().seedRight()).toList());
    boolean isCrossed =
        rows.size() == lefts.size() * rights.size() && lefts.size() > 1 && rights.size() > 1;
    if (!isCrossed || rows.stream().anyMatch(row -> row.accuracy().isEmpty())) {
      return Optional.empty();
    }
    double[][] values = new double[lefts.size()][rights.size()];
    for (ResultRow row : rows) {
      values[lefts.indexOf(row.cell().seed())][rights.indexOf(row.cell().seedRight())] =
          row.testAccuracy();
    }
    CrossedDesign crossed = CrossedDesign.of(values);
    return Optional.of(
        new VarianceComponents(
            design.model(),
            design.variant(),
            design.head(),
            Math.sqrt(crossed.leftVariance()),
            Math.sqrt(crossed.rightVariance()),
            Math.sqrt(crossed.restVariance())));
  }

  private static List<Long> distinct(Collection<Long> seeds) {
    return List.copyOf(new TreeSet<>(seeds));
  }
}
