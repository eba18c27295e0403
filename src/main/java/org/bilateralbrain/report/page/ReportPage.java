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
import org.bilateralbrain.report.Comparison;
import org.bilateralbrain.report.Html;
import org.bilateralbrain.report.ResultRow;
import org.bilateralbrain.report.Statistics;
import org.bilateralbrain.report.StatisticsText;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;

/** A sweep's report as one page. */
public final class ReportPage {

  private ReportPage() {}

  /**
   * @param configuration with all defaults
   * @param version of this program
   * @return HTML that needs nothing else
   */
  public static String of(
      Store store,
      String sweep,
      String configuration,
      SweepPlanFile plan,
      List<ResultRow> rows,
      Statistics statistics,
      String version)
      throws IOException {
    List<ArtifactKey> keys = new ArrayList<>(Analyses.keys(plan));
    plan.jobs().forEach(job -> keys.add(job.artifact()));
    Map<ArtifactKey, Lookup> found = store.lookup(keys);
    Origins origins = Origins.read(store, sweep, plan, found);
    Map<String, String> sections = new LinkedHashMap<>();
    addStatistics(sections, statistics);
    sections.putAll(AnalysisSections.of(Analyses.of(plan, found)));
    addCurves(sections, Histories.read(plan, found));
    sections.put("Where this comes from", OriginsTable.html(store, origins, version));
    sections.put(
        "Configuration",
        "<details><summary>All settings</summary><pre>%s</pre></details>"
            .formatted(Html.escaped(configuration)));
    return page(sweep, facts(plan, rows, origins), sections);
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
    for (String head : ResultRow.HEADS) {
      List<Statistics.Accuracy> lines =
          statistics.accuracies().stream()
              .filter(line -> line.head().equals(head) && line.summary().n() > 0)
              .toList();
      if (!lines.isEmpty()) {
        sections.put(
            "Test accuracy, %s labels".formatted(head),
            AccuracyFigure.svg(head, lines)
                + Html.note(
                    "Each dot is a network; the stroke is the mean, the bar its 95 % confidence interval."));
      }
    }
    String notes =
        (text.without() + text.dependent()).lines().map(Html::note).collect(Collectors.joining());
    sections.put("Accuracies", text.accuraciesHtml() + notes);
    if (!statistics.comparisons().isEmpty()) {
      sections.put(
          "Against a baseline",
          text.comparisonsHtml()
              + Html.note(
                  "Differences over common seeds, in percent points; probabilities of paired tests, corrected for the number of"
                      + " tests (Holm)."));
    }
    String figures = effects(statistics.effects());
    if (!figures.isEmpty()) {
      sections.put(
          "Effect of each variant",
          figures
              + Html.note(
                  "Mean difference from the same model in the plain variant over common seeds, with its 95 % confidence interval.")
              + text.effectsHtml());
    }
  }

  private static String effects(List<Comparison> effects) {
    StringBuilder figures = new StringBuilder();
    for (String head : ResultRow.HEADS) {
      List<Comparison> known =
          effects.stream()
              .filter(effect -> effect.head().equals(head) && effect.differences().n() > 0)
              .toList();
      figures.append(
          known.isEmpty()
              ? ""
              : "<h3>%s labels</h3>%n%s".formatted(head, EffectsFigure.svg(head, known)));
    }
    return figures.toString();
  }

  private static void addCurves(Map<String, String> sections, Histories histories) {
    for (String head : ResultRow.HEADS) {
      addCurves(
          sections,
          "Validation accuracy, %s labels".formatted(head),
          "validation accuracy, %",
          histories.curves("validation_" + head, 100));
    }
    addCurves(
        sections,
        "Training loss",
        "mean cross-entropy, summed over heads",
        histories.curves("train_loss", 1));
  }

  private static void addCurves(
      Map<String, String> sections, String title, String quantity, List<Curve> curves) {
    if (!curves.isEmpty()) {
      sections.put(
          title,
          CurvesFigure.svg(quantity, curves)
              + Html.note(
                  "%s: the mean over seeds (their number in brackets); the band reaches from the least to the most."
                      .formatted(quantity)));
    }
  }

  /** What was run, in a sentence or two. */
  private static String facts(SweepPlanFile plan, List<ResultRow> rows, Origins origins) {
    long trained =
        rows.stream()
            .filter(row -> row.metrics().isPresent())
            .map(row -> row.cell().artifact())
            .distinct()
            .count();
    long all = plan.cells().stream().map(SweepPlanFile.GridPoint::artifact).distinct().count();
    long seeds = plan.cells().stream().map(SweepPlanFile.GridPoint::seed).distinct().count();
    return "%s of %s networks are there, %s seeds; %s%s."
        .formatted(
            trained,
            all,
            seeds,
            OriginsTable.cost(origins),
            origins.run().map(run -> "; last run " + run.started().substring(0, 10)).orElse(""));
  }

  private static String style() throws IOException {
    try (InputStream in = ReportPage.class.getResourceAsStream("page.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
