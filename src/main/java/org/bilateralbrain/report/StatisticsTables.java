package org.bilateralbrain.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.statistics.Comparison;
import org.bilateralbrain.statistics.Group;
import org.bilateralbrain.statistics.Quality;
import org.bilateralbrain.statistics.Sample;
import org.bilateralbrain.statistics.Selection;
import org.bilateralbrain.statistics.SourceOfVariance;
import org.bilateralbrain.statistics.Statistics;
import org.bilateralbrain.statistics.Summary;
import org.bilateralbrain.store.Heads;

/** The tables of a sweep's statistics, line by line. */
record StatisticsTables(Statistics statistics) {

  TextTable selected() {
    TextTable table =
        new TextTable(
            List.of("model", "backbone", "selected variant", "trials", "validation %", "networks"));
    for (Selection.Choice choice : statistics.selected()) {
      table.add(
          List.of(
              choice.chosen().model(),
              choice.chosen().backbone(),
              choice.chosen().variant(),
              Integer.toString(choice.trials()),
              TextTable.percent(choice.validation()),
              Integer.toString(choice.networks())));
    }
    return table;
  }

  TextTable accuracies() {
    TextTable table =
        new TextTable(
            List.of(
                "model",
                "variant",
                "backbone",
                "fine %",
                "95 % interval",
                "coarse %",
                "95 % interval"));
    Map<Group, Map<String, Sample>> lines = Sample.lines(statistics.accuracies());
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
            line.add(sample == null ? "" : TextTable.interval(sample.summary()));
          }
          table.add(line);
        });
    return table;
  }

  TextTable quality() {
    TextTable table =
        new TextTable(
            List.of(
                "model",
                "variant",
                "backbone",
                "head",
                "top-5 %",
                "cross-entropy",
                "calibration error %",
                "consistent %"));
    for (Sample sample : statistics.accuracies()) {
      Quality quality = sample.quality();
      table.add(
          List.of(
              sample.group().model(),
              sample.group().variant(),
              sample.group().backbone(),
              sample.head(),
              TextTable.percent(quality.top5()),
              TextTable.decimal(quality.loss()),
              TextTable.percent(quality.calibrationError()),
              TextTable.percent(quality.consistency())));
    }
    return table;
  }

  TextTable sources() {
    TextTable table =
        new TextTable(
            List.of(
                "model", "backbone", "head", "seeds change", "deviation", "95 % interval", "n"));
    for (SourceOfVariance source : statistics.sources()) {
      table.add(
          List.of(
              source.group().model(),
              source.group().backbone(),
              source.head(),
              String.join(", ", source.varied()),
              TextTable.percent(source.deviation()),
              "%s to %s"
                  .formatted(
                      TextTable.percent(source.interval().low()),
                      TextTable.percent(source.interval().high())),
              Integer.toString(source.n())));
    }
    return table;
  }

  static TextTable comparisons(List<Comparison> comparisons) {
    TextTable table =
        new TextTable(
            List.of(
                "model",
                "variant",
                "backbone",
                "head",
                "against",
                "difference",
                "95 % interval",
                "networks",
                "test",
                "t-test p",
                "Wilcoxon p"));
    for (Comparison each : comparisons) {
      Summary differences = each.differences();
      table.add(
          List.of(
              each.group().model(),
              each.group().variant(),
              each.group().backbone(),
              each.head(),
              against(each),
              TextTable.difference(differences.mean()),
              TextTable.interval(differences),
              TextTable.networks(each),
              TextTable.test(each),
              TextTable.pValue(each.tTestPValue()),
              TextTable.pValue(each.wilcoxonPValue())));
    }
    return table;
  }

  /** In what the baseline differs. */
  private static String against(Comparison comparison) {
    Group base = comparison.baseline();
    Group group = comparison.group();
    List<String> differing = new ArrayList<>();
    differing.addAll(base.model().equals(group.model()) ? List.of() : List.of(base.model()));
    differing.addAll(base.variant().equals(group.variant()) ? List.of() : List.of(base.variant()));
    differing.addAll(
        base.backbone().equals(group.backbone()) ? List.of() : List.of(base.backbone()));
    return String.join(", ", differing);
  }
}
