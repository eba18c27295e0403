package org.bilateralbrain.statistics;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.commons.math3.stat.StatUtils;
import org.bilateralbrain.store.SweepPlanFile;

/**
 * Where every left hemisphere is joined with every right one: how much of the spread of test
 * accuracies comes from the left hemispheres, how much from the right ones, and how much from
 * neither. All are standard deviations of accuracies in 0..1.
 *
 * @param left of the means over each left hemisphere's networks
 * @param right of the means over each right hemisphere's networks
 * @param within of the residuals once both means are removed, with (l - 1) (r - 1) degrees of
 *     freedom for l left and r right hemispheres
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
    double[] left = new double[lefts.size()];
    double[] right = new double[rights.size()];
    double all = 0;
    for (ResultRow row : rows) {
      double accuracy = row.accuracy().orElseThrow().test();
      left[lefts.indexOf(row.cell().seed())] += accuracy / right.length;
      right[rights.indexOf(row.cell().seedRight())] += accuracy / left.length;
      all += accuracy / rows.size();
    }
    double squares = 0;
    for (ResultRow row : rows) {
      double expected =
          left[lefts.indexOf(row.cell().seed())]
              + right[rights.indexOf(row.cell().seedRight())]
              - all;
      squares += Math.pow(row.accuracy().orElseThrow().test() - expected, 2);
    }
    return Optional.of(
        new VarianceComponents(
            design.model(),
            design.variant(),
            design.head(),
            Math.sqrt(StatUtils.variance(left)),
            Math.sqrt(StatUtils.variance(right)),
            Math.sqrt(squares / ((left.length - 1) * (right.length - 1)))));
  }

  private static List<Long> distinct(Collection<Long> seeds) {
    return List.copyOf(new TreeSet<>(seeds));
  }
}
