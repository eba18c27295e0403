package org.bilateralbrain.report;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bilateralbrain.config.Variant;
import org.bilateralbrain.statistics.Comparison;
import org.bilateralbrain.statistics.Group;
import org.bilateralbrain.statistics.Sample;
import org.bilateralbrain.statistics.Statistics;
import org.bilateralbrain.statistics.Summary;
import org.bilateralbrain.store.Csv;

/** Statistics as tables in Markdown, HTML, LaTeX and CSV, with the notes that belong to them. */
public final class StatisticsText {

  /** What the tables of differences show. */
  public static final String COMPARISON_NOTE =
      "Exploratory: every line is tested, so that p-values, Holm-corrected within this table, are large. Differences in"
          + " percentage points; paired where networks share hemispheres, members or random streams, else by Welch's test.";

  private static final String QUALITY_NOTE =
      "Means over networks, on the test images: top-5 accuracy, cross-entropy in nats, expected calibration error (15 bins), and"
          + " how often the fine answer belongs to the coarse answer.";

  private static final String SOURCES_NOTE =
      "Standard deviation of test accuracy over seeds, in percentage points, where seeds change only some sources of randomness;"
          + " 95 % confidence interval by the chi-squared distribution.";

  private static final String SELECTION_NOTE =
      "Each model in the variant with the highest validation accuracy (mean over heads and networks), chosen among its trials.";

  private final Statistics statistics;
  private final StatisticsTables tables;

  public StatisticsText(Statistics statistics) {
    this.statistics = statistics;
    this.tables = new StatisticsTables(statistics);
  }

  /**
   * What a line is called among those of its sweep.
   *
   * @param withBackbone whether the sweep has several backbones
   */
  public static String name(Group group, boolean withBackbone) {
    String name =
        group.variant().equals(Variant.SYMMETRIC)
            ? group.model()
            : "%s, %s".formatted(group.model(), group.variant());
    return withBackbone ? "%s, %s".formatted(name, group.backbone()) : name;
  }

  static String fullName(Group group) {
    return "%s, %s, %s".formatted(group.model(), group.variant(), group.backbone());
  }

  /** Aligned, so that it is readable in a terminal, too. */
  public String markdown() {
    ContrastsText contrasts = new ContrastsText(statistics.contrasts());
    StringBuilder text = new StringBuilder();
    if (!statistics.selected().isEmpty()) {
      text.append(tables.selected().markdown()).append('\n').append(SELECTION_NOTE).append("\n\n");
    }
    text.append(contrasts.markdown());
    text.append(tables.accuracies().markdown());
    text.append(
        "\nTest accuracy: mean ± sample standard deviation (number of networks), 95 % confidence interval.\n");
    text.append('\n')
        .append(tables.quality().markdown())
        .append('\n')
        .append(QUALITY_NOTE)
        .append('\n');
    if (!statistics.sources().isEmpty()) {
      text.append('\n')
          .append(tables.sources().markdown())
          .append('\n')
          .append(SOURCES_NOTE)
          .append('\n');
    }
    for (TextTable table :
        List.of(
            StatisticsTables.comparisons(statistics.comparisons()),
            StatisticsTables.comparisons(statistics.effects()))) {
      if (!table.isEmpty()) {
        text.append('\n').append(table.markdown());
        text.append('\n').append(COMPARISON_NOTE).append('\n');
      }
    }
    String notes = without() + methods();
    return notes.isEmpty() ? text.toString() : text + "\n" + notes;
  }

  public String latex() {
    return Stream.concat(
            Stream.concat(
                Stream.of(tables.selected()),
                new ContrastsText(statistics.contrasts()).tables().stream()),
            Stream.of(
                tables.accuracies(),
                tables.quality(),
                tables.sources(),
                StatisticsTables.comparisons(statistics.comparisons()),
                StatisticsTables.comparisons(statistics.effects())))
        .filter(table -> !table.isEmpty())
        .map(TextTable::latex)
        .collect(Collectors.joining("\n"));
  }

  /** The empty string unless variants were selected. */
  public String selectedHtml() {
    return statistics.selected().isEmpty()
        ? ""
        : tables.selected().html() + Html.note(SELECTION_NOTE);
  }

  public String accuraciesHtml() {
    return tables.accuracies().html();
  }

  public String qualityHtml() {
    return tables.quality().html() + Html.note(QUALITY_NOTE);
  }

  /** The empty string unless variants vary different sources of randomness. */
  public String sourcesHtml() {
    return statistics.sources().isEmpty() ? "" : tables.sources().html() + Html.note(SOURCES_NOTE);
  }

  public String comparisonsHtml() {
    return StatisticsTables.comparisons(statistics.comparisons()).html();
  }

  public String effectsHtml() {
    return StatisticsTables.comparisons(statistics.effects()).html();
  }

  /** Names the networks without a result; the empty string if every network has one. */
  public String without() {
    StringBuilder text = new StringBuilder();
    for (Sample sample : statistics.accuracies()) {
      if (!sample.without().isEmpty()) {
        text.append(
            "Without a result: %s, %s: %s%n"
                .formatted(
                    fullName(sample.group()), sample.head(), String.join(", ", sample.without())));
      }
    }
    return text.toString();
  }

  /** Says how intervals were computed where networks share parts; else the empty string. */
  public String methods() {
    return method(
            Summary.Method.CROSSED, "a two-way random-effects model of left and right hemispheres")
        + method(
            Summary.Method.CLUSTERED,
            "standard errors clustered over shared hemispheres or members, none where too few are distinct or more than 500 networks overlap");
  }

  private String method(Summary.Method method, String inWords) {
    String lines =
        statistics.accuracies().stream()
            .filter(sample -> sample.summary().method() == method)
            .map(sample -> name(sample.group(), false))
            .distinct()
            .collect(Collectors.joining("; "));
    return lines.isEmpty() ? "" : "Intervals by %s: %s%n".formatted(inWords, lines);
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
                + "plain_variant,effect,effect_n,effect_half_interval,effect_p_t_test_holm,effect_p_wilcoxon_holm,"
                + "method,difference_method,effect_method,top5,loss,calibration_error,consistency\n");
    for (Sample sample : statistics.accuracies()) {
      Summary summary = sample.summary();
      csv.append(
          Csv.line(
              sample.group().model(),
              sample.group().variant(),
              sample.group().backbone(),
              sample.head(),
              summary.n(),
              summary.mean(),
              summary.deviation(),
              summary.halfInterval(),
              sample.without().size(),
              comparison(sample, statistics.comparisons(), Group::model),
              comparison(sample, statistics.effects(), Group::variant),
              summary.method(),
              method(sample, statistics.comparisons()),
              method(sample, statistics.effects()),
              sample.quality().top5(),
              sample.quality().loss(),
              sample.quality().calibrationError(),
              sample.quality().consistency()));
    }
    return csv.toString();
  }

  /** The comparison of a line, or as many empty cells. */
  private static List<?> comparison(
      Sample sample, List<Comparison> comparisons, Function<Group, String> baselineName) {
    return comparison(sample, comparisons)
        .<List<?>>map(
            each ->
                List.of(
                    baselineName.apply(each.baseline()),
                    each.differences().mean(),
                    each.differences().n(),
                    each.differences().halfInterval(),
                    each.tTestPValue(),
                    each.wilcoxonPValue()))
        .orElse(Collections.nCopies(6, ""));
  }

  private static String method(Sample sample, List<Comparison> comparisons) {
    return comparison(sample, comparisons)
        .map(each -> each.differences().method().name())
        .orElse("");
  }

  private static Optional<Comparison> comparison(Sample sample, List<Comparison> comparisons) {
    return comparisons.stream()
        .filter(each -> each.group().equals(sample.group()) && each.head().equals(sample.head()))
        .findFirst();
  }
}
