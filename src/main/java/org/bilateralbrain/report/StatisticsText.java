package org.bilateralbrain.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bilateralbrain.report.Statistics.Accuracy;

/**
 * Statistics as papers print them: percent with two decimals, a dash where there is nothing to say.
 */
public final class StatisticsText {

  private final Statistics statistics;

  public StatisticsText(Statistics statistics) {
    this.statistics = statistics;
  }

  /** Aligned: for a terminal as well. */
  public String markdown() {
    StringBuilder text = new StringBuilder(accuracies().markdown());
    text.append(
        "\nTest accuracy: mean ± sample standard deviation (number of networks), 95 % confidence interval.\n");
    for (TextTable table :
        List.of(comparisons(statistics.comparisons()), comparisons(statistics.effects()))) {
      if (!table.isEmpty()) {
        text.append('\n').append(table.markdown());
        text.append(
            "\nDifferences over common seeds, in percent points; probabilities corrected for the number of tests (Holm).\n");
      }
    }
    String notes = without() + dependent();
    return notes.isEmpty() ? text.toString() : text + "\n" + notes;
  }

  public String latex() {
    return Stream.of(
            accuracies(), comparisons(statistics.comparisons()), comparisons(statistics.effects()))
        .filter(table -> !table.isEmpty())
        .map(TextTable::latex)
        .collect(Collectors.joining("\n"));
  }

  public String accuraciesHtml() {
    return accuracies().html();
  }

  public String comparisonsHtml() {
    return comparisons(statistics.comparisons()).html();
  }

  public String effectsHtml() {
    return comparisons(statistics.effects()).html();
  }

  /** Names the networks without a result; the empty string if there are none. */
  public String without() {
    StringBuilder text = new StringBuilder();
    for (Accuracy accuracy : statistics.accuracies()) {
      if (!accuracy.without().isEmpty()) {
        text.append(
            "Without a result: %s, %s: %s%n"
                .formatted(
                    accuracy.group(), accuracy.head(), String.join(", ", accuracy.without())));
      }
    }
    return text.toString();
  }

  /**
   * Names the lines whose intervals and tests say more than they should; the empty string if there
   * are none.
   */
  public String dependent() {
    String lines =
        statistics.accuracies().stream()
            .filter(Accuracy::dependent)
            .map(accuracy -> accuracy.group().name(false))
            .distinct()
            .collect(Collectors.joining("; "));
    return lines.isEmpty()
        ? ""
        : "Networks that share hemispheres or members, so that their intervals are too narrow: %s%n"
            .formatted(lines);
  }

  /**
   * One row for each line and head: the accuracies, and the comparison if there is one. In 0..1,
   * with all digits.
   */
  public String csv() {
    StringBuilder csv =
        new StringBuilder(
            "model,variant,backbone,head,n,mean,deviation,half_interval,without,"
                + "baseline,difference,difference_n,difference_half_interval,p_t_test_holm,p_wilcoxon_holm,"
                + "plain_variant,effect,effect_n,effect_half_interval,effect_p_t_test_holm,effect_p_wilcoxon_holm\n");
    for (Accuracy accuracy : statistics.accuracies()) {
      Summary summary = accuracy.summary();
      StringJoiner line = new StringJoiner(",", "", "\n");
      line.add(accuracy.group().model())
          .add(accuracy.group().variant())
          .add(accuracy.group().backbone());
      line.add(accuracy.head())
          .add(Integer.toString(summary.n()))
          .add(raw(summary.mean()))
          .add(raw(summary.deviation()));
      line.add(raw(summary.halfInterval())).add(Integer.toString(accuracy.without().size()));
      addRaw(line, accuracy, statistics.comparisons(), base -> base.model());
      addRaw(line, accuracy, statistics.effects(), base -> base.variant());
      csv.append(line);
    }
    return csv.toString();
  }

  /** The line's comparison; as many empty cells if there is none. */
  private static void addRaw(
      StringJoiner line,
      Accuracy accuracy,
      List<Comparison> comparisons,
      Function<Group, String> nameOfBase) {
    comparisons.stream()
        .filter(
            each -> each.group().equals(accuracy.group()) && each.head().equals(accuracy.head()))
        .findFirst()
        .ifPresentOrElse(
            each ->
                line.add(nameOfBase.apply(each.baseline()))
                    .add(raw(each.differences().mean()))
                    .add(Integer.toString(each.differences().n()))
                    .add(raw(each.differences().halfInterval()))
                    .add(raw(each.t()))
                    .add(raw(each.wilcoxon())),
            () -> line.add(",,,,,"));
  }

  private TextTable accuracies() {
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
    Map<Group, Map<String, Accuracy>> lines = new LinkedHashMap<>();
    for (Accuracy accuracy : statistics.accuracies()) {
      lines
          .computeIfAbsent(accuracy.group(), any -> new LinkedHashMap<>())
          .put(accuracy.head(), accuracy);
    }
    lines.forEach(
        (group, heads) -> {
          List<String> line =
              new ArrayList<>(List.of(group.model(), group.variant(), group.backbone()));
          for (String head : ResultRow.HEADS) {
            Accuracy accuracy = heads.get(head);
            line.add(
                accuracy == null
                    ? ""
                    : Percent.meanAndDeviation(accuracy.summary(), accuracy.without().size()));
            line.add(accuracy == null ? "" : Percent.interval(accuracy.summary()));
          }
          table.add(line);
        });
    return table;
  }

  private static TextTable comparisons(List<Comparison> comparisons) {
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
                "seeds",
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
              Percent.difference(differences.mean()),
              Percent.interval(differences),
              Integer.toString(differences.n()),
              Percent.probability(each.t()),
              Percent.probability(each.wilcoxon())));
    }
    return table;
  }

  /** What of the baseline differs. */
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

  private static String raw(double value) {
    return Double.isNaN(value) ? "" : Double.toString(value);
  }
}
