package org.bilateralbrain.report.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bilateralbrain.report.Analyses;
import org.bilateralbrain.report.Comparison;
import org.bilateralbrain.report.ResultRow;
import org.bilateralbrain.report.Statistics;
import org.bilateralbrain.report.StatisticsText;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;

/** A sweep's report as one page. */
public final class ReportPage {

  private static final String CONFIGURATION = "configuration.conf";

  private ReportPage() {}

  /**
   * @param version of this program
   * @return HTML that needs nothing else
   */
  public static String of(Store store, String sweep, List<ResultRow> rows, Statistics statistics, String version)
      throws IOException {
    SweepPlanFile plan =
        Json.decode(store.readSweepFile(sweep, SweepPlanFile.FILE_NAME).orElseThrow(), SweepPlanFile.class);
    Origins origins = Origins.read(store, sweep, plan);
    Histories histories = Histories.read(store, plan);
    Map<String, String> analyses = AnalysisSections.of(Analyses.read(store, plan));
    StatisticsText text = new StatisticsText(statistics);
    StringBuilder page = new StringBuilder();
    page.append(
        """
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
        """.formatted(Html.escaped(sweep), style(), Html.escaped(sweep), Html.escaped(facts(plan, rows, origins))));
    for (String head : List.of("fine", "coarse")) {
      List<Statistics.Accuracy> lines =
          statistics.accuracies().stream().filter(line -> line.head().equals(head) && line.summary().n() > 0).toList();
      if (!lines.isEmpty()) {
        section(page, "Test accuracy, %s labels".formatted(head), AccuracyFigure.svg(head, lines)
            + "<p class='note'>Each dot is a network; the stroke is the mean, the bar its 95 % confidence interval.</p>");
      }
    }
    section(page, "Accuracies", text.accuraciesHtml() + without(text));
    if (!statistics.comparisons().isEmpty()) {
      section(page, "Against a baseline", text.comparisonsHtml()
          + "<p class='note'>Differences over common seeds, in percent points; probabilities of paired tests, corrected for"
          + " the number of tests (Holm).</p>");
    }
    effects(page, statistics.effects(), text);
    analyses.forEach((title, content) -> section(page, title, content));
    curves(page, "Validation accuracy, fine labels", "validation accuracy, %", histories.curves("validation_fine", 100));
    curves(page, "Validation accuracy, coarse labels", "validation accuracy, %", histories.curves("validation_coarse", 100));
    curves(page, "Training loss", "mean cross-entropy, summed over heads", histories.curves("train_loss", 1));
    section(page, "Where this comes from", OriginsTable.html(store, origins, version));
    String configuration =
        store.readSweepFile(sweep, CONFIGURATION).map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse("");
    section(page, "Configuration", "<details><summary>All settings</summary><pre>%s</pre></details>".formatted(Html.escaped(configuration)));
    return page.append("</main>\n</body>\n</html>\n").toString();
  }

  private static void effects(StringBuilder page, List<Comparison> effects, StatisticsText text) {
    List<Comparison> known = effects.stream().filter(effect -> effect.differences().n() > 0).toList();
    if (!known.isEmpty()) {
      StringBuilder figures = new StringBuilder();
      for (String head : List.of("fine", "coarse")) {
        List<Comparison> ofHead = known.stream().filter(effect -> effect.head().equals(head)).toList();
        figures.append(ofHead.isEmpty() ? "" : "<h3>%s labels</h3>%s".formatted(head, EffectsFigure.svg(head, ofHead)));
      }
      section(page, "Effect of each variant", figures
          + Html.note("Mean difference from the same model in the plain variant over common seeds, with its 95 % confidence interval.")
          + text.effectsHtml());
    }
  }

  private static void curves(StringBuilder page, String title, String quantity, List<Curve> curves) {
    if (!curves.isEmpty()) {
      section(page, title, CurvesFigure.svg(quantity, curves)
          + "<p class='note'>%s: the mean over seeds (their number in brackets); the band reaches from the least to the most.</p>"
              .formatted(Html.escaped(quantity)));
    }
  }

  private static void section(StringBuilder page, String title, String content) {
    page.append("<section>\n<h2>").append(Html.escaped(title)).append("</h2>\n").append(content).append("</section>\n");
  }

  private static String without(StatisticsText text) {
    return text.without().lines().map(line -> "<p class='note'>%s</p>%n".formatted(Html.escaped(line))).collect(Collectors.joining());
  }

  /** What was run, in a sentence or two. */
  private static String facts(SweepPlanFile plan, List<ResultRow> rows, Origins origins) {
    long trained =
        rows.stream().filter(row -> row.metrics().isPresent()).map(row -> row.cell().artifact()).distinct().count();
    long all = plan.cells().stream().map(SweepPlanFile.Cell::artifact).distinct().count();
    long seeds = plan.cells().stream().map(SweepPlanFile.Cell::seed).distinct().count();
    return "%d of %d networks are there, %d seeds; %s%s."
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
