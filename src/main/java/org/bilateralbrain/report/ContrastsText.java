package org.bilateralbrain.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.bilateralbrain.statistics.Comparison;
import org.bilateralbrain.statistics.Contrast;
import org.bilateralbrain.statistics.Power;
import org.bilateralbrain.statistics.Summary;
import org.bilateralbrain.store.Csv;
import org.jspecify.annotations.Nullable;

/** The planned comparisons as tables in Markdown, HTML, LaTeX and CSV. */
public final class ContrastsText {

  /** What the table shows. */
  public static final String NOTE =
      "Contrasts named in the configuration: differences in percentage points with 95 % confidence intervals, over seeds and"
          + " over seeds and test images; p-values Holm-corrected for the number of contrasts; the probability that a network"
          + " of the first model is better than one of the second.";

  /** What the table of power shows. */
  public static final String POWER_NOTE =
      "With 80 % power at p < 0.05, before correction, if the spread stays the same: the difference that can be detected"
          + " with the seeds at hand, and the seeds still needed to detect the observed difference and the relevant one.";

  private final List<Contrast> contrasts;
  private final boolean hasImages;
  private final boolean hasBackbones;

  public ContrastsText(List<Contrast> contrasts) {
    this.contrasts = contrasts;
    hasImages = contrasts.stream().anyMatch(each -> each.seedsAndImages().isKnown());
    hasBackbones =
        contrasts.stream().map(each -> each.comparison().group().backbone()).distinct().count() > 1;
  }

  /** Empty if there are no contrasts. */
  public String markdown() {
    return contrasts.isEmpty()
        ? ""
        : "%s\n%s\n\n%s\n%s\n\n"
            .formatted(table().markdown(), NOTE, power().markdown(), POWER_NOTE);
  }

  List<TextTable> tables() {
    return List.of(table(), power());
  }

  public String latex() {
    return tables().stream().map(TextTable::latex).collect(Collectors.joining("\n"));
  }

  public String html() {
    return table().html() + Html.note(NOTE) + power().html() + Html.note(POWER_NOTE);
  }

  /** One line: "bilateral-specialised - unilateral-fine". */
  public static String name(Comparison comparison, boolean withBackbone) {
    return "%s - %s"
        .formatted(
            StatisticsText.name(comparison.group(), withBackbone),
            StatisticsText.name(comparison.baseline(), withBackbone));
  }

  /** A contrast's name among these, with its backbone if they have several. */
  public String name(Contrast contrast) {
    return name(contrast.comparison(), hasBackbones);
  }

  private TextTable table() {
    List<String> header =
        new ArrayList<>(List.of("contrast", "head", "difference", "95 % interval"));
    header.addAll(hasImages ? List.of("with images") : List.of());
    header.addAll(List.of("networks", "test", "p", "Wilcoxon p", "P(better)"));
    TextTable table = new TextTable(header);
    for (Contrast contrast : contrasts) {
      Comparison each = contrast.comparison();
      List<String> line =
          new ArrayList<>(
              List.of(
                  name(contrast),
                  each.head(),
                  TextTable.difference(each.differences().mean()),
                  TextTable.interval(each.differences())));
      line.addAll(hasImages ? List.of(TextTable.interval(contrast.seedsAndImages())) : List.of());
      line.addAll(
          List.of(
              TextTable.networks(each),
              TextTable.test(each),
              TextTable.pValue(each.tTestPValue()),
              TextTable.pValue(each.wilcoxonPValue()),
              share(contrast.probabilityOfImprovement())));
      table.add(line);
    }
    return table;
  }

  private TextTable power() {
    String relevant =
        contrasts.stream()
            .map(each -> String.format(Locale.ROOT, "%.4g", 100 * each.power().relevant()))
            .findFirst()
            .map(points -> points.contains(".") ? points.replaceAll("\\.?0+$", "") : points)
            .orElse("");
    TextTable table =
        new TextTable(
            List.of(
                "contrast",
                "head",
                "detectable",
                "more seeds: observed",
                "more seeds: %s points".formatted(relevant),
                "smallest Wilcoxon p"));
    for (Contrast contrast : contrasts) {
      Power power = contrast.power();
      table.add(
          List.of(
              name(contrast),
              contrast.comparison().head(),
              TextTable.percent(power.detectable()),
              count(power.seedsForObserved()),
              count(power.seedsForRelevant()),
              TextTable.pValue(power.smallestWilcoxon())));
    }
    return table;
  }

  /** One row for each contrast, in 0..1, with all digits. */
  public String csv() {
    StringBuilder csv =
        new StringBuilder(
            "model,variant,backbone,head,against,against_variant,against_backbone,n,against_n,"
                + "difference,half_interval,low_with_images,high_with_images,method,degrees_of_freedom,"
                + "p_t_test_holm,p_wilcoxon_holm,probability_of_improvement,"
                + "detectable,more_seeds_observed,relevant,more_seeds_relevant,smallest_wilcoxon\n");
    for (Contrast contrast : contrasts) {
      Comparison each = contrast.comparison();
      Summary difference = each.differences();
      Power power = contrast.power();
      csv.append(
          Csv.line(
              each.group().model(),
              each.group().variant(),
              each.group().backbone(),
              each.head(),
              each.baseline().model(),
              each.baseline().variant(),
              each.baseline().backbone(),
              each.networks(),
              each.baselineNetworks(),
              difference.mean(),
              difference.halfInterval(),
              contrast.seedsAndImages().low(),
              contrast.seedsAndImages().high(),
              difference.method(),
              difference.degreesOfFreedom(),
              each.tTestPValue(),
              each.wilcoxonPValue(),
              contrast.probabilityOfImprovement(),
              power.detectable(),
              power.seedsForObserved(),
              power.relevant(),
              power.seedsForRelevant(),
              power.smallestWilcoxon()));
    }
    return csv.toString();
  }

  private static String share(double share) {
    return Double.isNaN(share) ? TextTable.NOTHING : String.format(Locale.ROOT, "%.2f", share);
  }

  private static String count(@Nullable Integer seeds) {
    return seeds == null ? TextTable.NOTHING : Integer.toString(seeds);
  }
}
