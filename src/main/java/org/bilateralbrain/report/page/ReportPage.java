package org.bilateralbrain.report.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bilateralbrain.report.Analyses;
import org.bilateralbrain.report.ContrastsText;
import org.bilateralbrain.report.Html;
import org.bilateralbrain.report.RequestedMaps;
import org.bilateralbrain.report.StatisticsText;
import org.bilateralbrain.report.SweepResults;
import org.bilateralbrain.report.TrialsTable;
import org.bilateralbrain.report.page.CurvesFigure.Curve;
import org.bilateralbrain.statistics.Comparison;
import org.bilateralbrain.statistics.Contrast;
import org.bilateralbrain.statistics.Sample;
import org.bilateralbrain.statistics.Statistics;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Heads;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;

/** A sweep's report as one HTML page. */
public final class ReportPage {

  private ReportPage() {}

  /**
   * @param configuration with all defaults
   * @param statistics of the results
   * @param trials of the search over settings, if there is one
   * @param version of this program
   * @return self-contained HTML
   */
  public static String of(
      Store store,
      String sweep,
      String configuration,
      SweepPlanFile plan,
      SweepResults results,
      Statistics statistics,
      TrialsTable trials,
      String version)
      throws IOException {
    List<ArtifactKey> keys = new ArrayList<>(Analyses.keys(plan));
    plan.jobs().forEach(job -> keys.add(job.artifact()));
    Map<ArtifactKey, Lookup> found = store.lookup(keys);
    ProvenanceSection provenance = ProvenanceSection.read(store, sweep, plan, found);
    Map<String, String> sections = new LinkedHashMap<>();
    addStatistics(sections, statistics);
    if (!trials.isEmpty()) {
      sections.put("Trials", trials.html());
    }
    sections.putAll(
        AnalysisSections.of(Analyses.of(plan, found), RequestedMaps.read(store, sweep, plan)));
    addCurves(sections, Histories.read(plan, found));
    sections.put("Provenance", provenance.html(store, version));
    sections.put(
        "Configuration",
        "<details><summary>All settings</summary><pre>%s</pre></details>"
            .formatted(Html.escaped(configuration)));
    return page(sweep, facts(plan, results, provenance), sections);
  }

  private static String page(String sweep, String facts, Map<String, String> sections)
      throws IOException {
    StringBuilder contents = new StringBuilder();
    StringBuilder body = new StringBuilder();
    int number = 1;
    for (Map.Entry<String, String> section : sections.entrySet()) {
      String title = Html.escaped(section.getKey());
      contents.append("<li><a href='#s%s'>%s</a></li>%n".formatted(number, title));
      body.append(
          "<section id='s%s'>%n<h2>%s</h2>%n%s</section>%n"
              .formatted(number, title, section.getValue()));
      number++;
    }
    return """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>%s: accuracy of bilateral networks</title>
        <style>
        %s</style>
        </head>
        <body>
        <main>
        <h1>%s</h1>
        <p class="facts">%s</p>
        <nav aria-label="Contents"><ul>
        %s</ul></nav>
        %s</main>
        </body>
        </html>
        """
        .formatted(
            Html.escaped(sweep), style(), Html.escaped(sweep), Html.escaped(facts), contents, body);
  }

  private static void addStatistics(Map<String, String> sections, Statistics statistics) {
    StatisticsText text = new StatisticsText(statistics);
    if (!statistics.selected().isEmpty()) {
      sections.put("Selected variants", text.selectedHtml());
    }
    addContrasts(sections, statistics.contrasts());
    for (String head : Heads.ALL) {
      List<Sample> lines =
          statistics.accuracies().stream()
              .filter(line -> line.head().equals(head) && line.summary().n() > 0)
              .toList();
      if (!lines.isEmpty()) {
        sections.put(
            "Test accuracy, %s labels".formatted(head),
            IntervalFigure.accuracies(head, lines)
                + Html.note(
                    "Each dot is a network; the tick marks their mean, the bar its 95 % confidence interval."));
      }
    }
    String notes =
        (text.without() + text.methods()).lines().map(Html::note).collect(Collectors.joining());
    sections.put("Accuracies", text.accuraciesHtml() + notes);
    sections.put("Ranks, calibration and consistency", text.qualityHtml());
    if (!statistics.sources().isEmpty()) {
      sections.put("Deviation by source of randomness", text.sourcesHtml());
    }
    if (!statistics.comparisons().isEmpty()) {
      sections.put(
          "Comparison with a baseline (exploratory)",
          text.comparisonsHtml() + Html.note(StatisticsText.COMPARISON_NOTE));
    }
    String figures = effects(statistics.effects());
    if (!figures.isEmpty()) {
      sections.put(
          "Effect of each variant (exploratory)",
          figures
              + Html.note(
                  "Mean difference from the same model in the reference variant, seed by seed, with its 95 % confidence interval.")
              + text.effectsHtml());
    }
  }

  private static void addContrasts(Map<String, String> sections, List<Contrast> contrasts) {
    List<Contrast> known =
        contrasts.stream().filter(each -> each.comparison().differences().n() > 0).toList();
    if (!known.isEmpty()) {
      sections.put(
          "Contrasts",
          IntervalFigure.contrasts(known)
              + Html.note(
                  "Dots: mean differences; bars: 95 % confidence intervals over seeds; thin lines below: over seeds and test images.")
              + new ContrastsText(contrasts).html());
    }
  }

  private static String effects(List<Comparison> effects) {
    StringBuilder figures = new StringBuilder();
    for (String head : Heads.ALL) {
      List<Comparison> known =
          effects.stream()
              .filter(effect -> effect.head().equals(head) && effect.differences().n() > 0)
              .toList();
      figures.append(
          known.isEmpty()
              ? ""
              : "<h3>%s labels</h3>%n%s".formatted(head, IntervalFigure.effects(head, known)));
    }
    return figures.toString();
  }

  private static void addCurves(Map<String, String> sections, Histories histories) {
    for (String head : Heads.ALL) {
      addCurves(
          sections,
          "Validation accuracy, %s labels".formatted(head),
          "validation accuracy, %",
          histories.validation(head));
      addCurves(
          sections,
          "Training accuracy, %s labels".formatted(head),
          "accuracy on the augmented training images, with dropout, %",
          histories.trainAccuracy(head));
    }
    addCurves(
        sections, "Training loss", "mean cross-entropy summed over heads", histories.trainLoss());
    for (String head : Heads.ALL) {
      addCurves(
          sections,
          "Validation loss, %s labels".formatted(head),
          "mean cross-entropy of the validation images",
          histories.validationLoss(head));
    }
    addCurves(
        sections,
        "Learning rate",
        "learning rate at the end of each epoch",
        histories.learningRates());
  }

  private static void addCurves(
      Map<String, String> sections, String title, String quantity, List<Curve> curves) {
    if (!curves.isEmpty()) {
      sections.put(
          title,
          CurvesFigure.svg(quantity, curves)
              + Html.note(
                  "Lines: %s, mean over seeds (their number in brackets); bands: range over seeds."
                      .formatted(quantity)));
    }
  }

  /** The sweep in one sentence. */
  private static String facts(
      SweepPlanFile plan, SweepResults results, ProvenanceSection provenance) {
    long trained =
        results.rows().stream()
            .filter(row -> row.metrics().isPresent())
            .map(row -> row.cell().artifact())
            .distinct()
            .count();
    long all = plan.cells().stream().map(SweepPlanFile.GridPoint::artifact).distinct().count();
    long seeds = plan.cells().stream().map(SweepPlanFile.GridPoint::seed).distinct().count();
    return "%s of %s networks trained, %s seeds; %s%s."
        .formatted(
            trained,
            all,
            seeds,
            provenance.cost(),
            provenance.run().map(run -> "; last run " + run.started().substring(0, 10)).orElse(""));
  }

  private static String style() throws IOException {
    try (InputStream in = ReportPage.class.getResourceAsStream("page.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
