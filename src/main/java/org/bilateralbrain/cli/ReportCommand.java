package org.bilateralbrain.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.bilateralbrain.config.ReportSettings;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.report.ContrastsText;
import org.bilateralbrain.report.StatisticsText;
import org.bilateralbrain.report.SweepProvenance;
import org.bilateralbrain.report.SweepResults;
import org.bilateralbrain.report.TrialsTable;
import org.bilateralbrain.report.page.ReportPage;
import org.bilateralbrain.spark.SparkDriver;
import org.bilateralbrain.statistics.Selection;
import org.bilateralbrain.statistics.Statistics;
import org.bilateralbrain.store.ExportFolder;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Program;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.sweep.SweepSetup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "report",
    description =
        "Prints a sweep's results, read from the store: accuracies with confidence intervals, and differences from a"
            + " baseline with tests.",
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {

  enum Format {
    MARKDOWN,
    CSV,
    LATEX,
    JSON
  }

  @Mixin private SweepOptions options;
  @Spec private CommandSpec command;

  @Option(
      names = "--format",
      defaultValue = "MARKDOWN",
      description =
          "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}). Markdown is aligned for terminals; LaTeX needs the"
              + " package booktabs.")
  private Format format;

  @Option(
      names = "--baseline",
      paramLabel = "MODEL",
      description =
          "Model that all others are compared with (default: the first in the sweep of bilateral-unspecialised,"
              + " unilateral-both, unilateral-fine, unilateral-coarse).")
  private Optional<String> baseline = Optional.empty();

  @Option(
      names = "--plain",
      paramLabel = "VARIANT",
      description =
          "Reference variant for the effects of all others (default: symmetric, or else the first).")
  private Optional<String> referenceVariant = Optional.empty();

  @Option(
      names = "--contrasts",
      description =
          "Prints only the contrasts that the configuration names (report.contrasts), one row for each; not with --html"
              + " or --format json, which have everything.")
  private boolean contrastsAlone;

  /** What selects a model's variant. */
  enum Selector {
    VALIDATION
  }

  @Option(
      names = "--select",
      paramLabel = "validation",
      description =
          "Shows each model only in the variant (or value of grid.sweep) with the highest validation accuracy, as if its"
              + " settings had been tuned with as many trials as every other model's.")
  private Optional<Selector> selector = Optional.empty();

  @Option(
      names = "--html",
      converter = UserPath.class,
      paramLabel = "FILE",
      description = "Writes a self-contained HTML report instead; a local file or any Hadoop URI.")
  private Optional<String> html = Optional.empty();

  @Override
  public Integer call() throws Exception {
    SweepConfig config = options.load();
    SweepSetup setup = SweepSetup.fromStore(config, SparkDriver.hadoop());
    SweepPlanFile plan = setup.planFile();
    SweepResults results = SweepResults.read(setup.store(), config.name(), plan);
    Optional<String> otherPlan = setup.otherPlan();
    boolean wasRun =
        otherPlan.isEmpty() && SweepSetup.storedPlan(config, setup.store()).isPresent();
    if (!wasRun && results.rows().stream().allMatch(row -> row.metrics().isEmpty())) {
      throw SweepOptions.noNetworks(setup);
    }
    otherPlan.ifPresent(
        other ->
            command
                .commandLine()
                .getErr()
                .println(other + ": the report is of this configuration's networks."));
    check("--baseline", baseline, "model", names(results, SweepPlanFile.GridPoint::model));
    check("--plain", referenceVariant, "variant", names(results, SweepPlanFile.GridPoint::variant));
    Statistics statistics =
        selector.isPresent()
            ? ofSelected(results, config.report())
            : results
                .statistics(baseline, referenceVariant, config.report())
                .withSources(config.grid().varied());
    PrintWriter out = command.commandLine().getOut();
    if (html.isPresent()) {
      out.print(writePage(html.get(), setup, results, statistics));
    } else {
      out.print(
          text(
              statistics,
              trials(setup, results),
              SweepProvenance.of(setup.store(), config.name(), plan.plan(), results.rows())));
    }
    out.flush();
    return results.missing() == 0 ? Main.DONE : Main.SOME_FAILED;
  }

  private static TrialsTable trials(SweepSetup setup, SweepResults results) {
    return TrialsTable.of(results.rows(), setup.config().grid().tuning().trials());
  }

  private Statistics ofSelected(SweepResults results, ReportSettings settings) {
    boolean namesVariants =
        settings.contrasts().stream()
            .anyMatch(each -> each.variant().isPresent() || each.againstVariant().isPresent());
    if (referenceVariant.isPresent() || namesVariants) {
      throw new ParameterException(
          command.commandLine(),
          "--select chooses each model's variant itself: leave out "
              + (namesVariants ? "the contrasts of variants (report.contrasts)" : "--plain"));
    }
    try {
      Selection selection = results.selectedByValidation();
      return new SweepResults(selection.rows())
          .statistics(baseline, Optional.empty(), settings)
          .ofSelected(selection.choices());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), "--select: " + e.getMessage());
    }
  }

  /** Returns what was written where. */
  private static String writePage(
      String target, SweepSetup setup, SweepResults results, Statistics statistics)
      throws IOException {
    String page =
        ReportPage.of(
            setup.store(),
            setup.config().name(),
            setup.config().resolved(),
            setup.planFile(),
            results,
            statistics,
            trials(setup, results),
            Program.running().toString());
    ExportFolder folder = ExportFolder.ofFile(target, SparkDriver.hadoop());
    String file = ExportFolder.fileName(target);
    folder.createOrOverwrite(file, to -> to.write(page.getBytes(StandardCharsets.UTF_8)));
    return String.format(
        Locale.ROOT,
        "%s: %s networks, %.1f kB%n",
        folder.location(file),
        results.rows().stream().map(row -> row.cell().artifact()).distinct().count(),
        page.length() / 1e3);
  }

  private static List<String> names(
      SweepResults results, Function<SweepPlanFile.GridPoint, String> name) {
    return results.rows().stream().map(row -> name.apply(row.cell())).distinct().toList();
  }

  private void check(String option, Optional<String> given, String kind, List<String> names) {
    if (given.isPresent() && !names.contains(given.get())) {
      throw new ParameterException(
          command.commandLine(),
          "%s %s is not a %s of this sweep, which has: %s"
              .formatted(option, given.get(), kind, String.join(", ", names)));
    }
  }

  private String text(Statistics statistics, TrialsTable trials, SweepProvenance provenance)
      throws IOException {
    StatisticsText text = new StatisticsText(statistics);
    ContrastsText contrasts = new ContrastsText(statistics.contrasts());
    return switch (format) {
      case MARKDOWN ->
          "%s%nFrom %s%n"
              .formatted(
                  contrastsAlone
                      ? contrasts.markdown()
                      : text.markdown() + (trials.isEmpty() ? "" : "\n" + trials.markdown()),
                  provenance.oneLine());
      case CSV -> contrastsAlone ? contrasts.csv() : text.csv(); // has no place for the provenance
      case LATEX ->
          "%% From %s%n%s"
              .formatted(provenance.oneLine(), contrastsAlone ? contrasts.latex() : text.latex());
      case JSON ->
          new String(Json.print(new Whole(provenance, statistics)), StandardCharsets.UTF_8)
              + System.lineSeparator();
    };
  }

  /** The JSON format. */
  private record Whole(
      @JsonProperty("origin") SweepProvenance provenance, @JsonUnwrapped Statistics statistics) {}
}
