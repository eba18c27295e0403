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
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.Locations;
import org.bilateralbrain.report.Origin;
import org.bilateralbrain.report.ResultRow;
import org.bilateralbrain.report.Statistics;
import org.bilateralbrain.report.StatisticsText;
import org.bilateralbrain.report.SweepResults;
import org.bilateralbrain.report.page.ReportPage;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Program;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.store.WholeFile;
import org.bilateralbrain.sweep.SparkDriver;
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
        "Prints what a sweep's results say, from what the store holds now: accuracies with confidence intervals, and"
            + " differences from a baseline with tests.",
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {

  /** In which form. */
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
          "${COMPLETION-CANDIDATES}; markdown is aligned for terminals, LaTeX needs booktabs (default: ${DEFAULT-VALUE}).")
  private Format format;

  @Option(
      names = "--baseline",
      paramLabel = "MODEL",
      description =
          "The model that all others are compared with (default: the first that the sweep has of"
              + " bilateral-unspecialised, unilateral-both, unilateral-fine or -coarse).")
  private Optional<String> baseline = Optional.empty();

  @Option(
      names = "--plain",
      paramLabel = "VARIANT",
      description =
          "The variant that the effects of all others are told against (default: symmetric, or the first).")
  private Optional<String> plain = Optional.empty();

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description =
          "Writes a page with tables and pictures instead, which needs nothing else; a file or any Hadoop URI.")
  private Optional<String> html = Optional.empty();

  @Override
  public Integer call() throws Exception {
    SweepConfig config = options.load();
    SweepSetup setup = SweepSetup.fromStore(config, SparkDriver.hadoop());
    Store store = setup.store();
    SweepPlanFile plan = setup.planFile();
    SweepResults results = SweepResults.read(store, config.name(), plan);
    List<ResultRow> rows = results.rows();
    Optional<String> otherPlan = setup.otherPlan();
    boolean wasRun = otherPlan.isEmpty() && SweepSetup.storedPlan(config, store).isPresent();
    if (!wasRun && rows.stream().allMatch(row -> row.metrics().isEmpty())) {
      throw SweepOptions.noNetworks(setup);
    }
    otherPlan.ifPresent(
        other ->
            command
                .commandLine()
                .getErr()
                .println(other + ": the report is of this configuration's networks."));
    PrintWriter out = command.commandLine().getOut();
    check(
        "--baseline",
        baseline,
        "model",
        rows.stream().map(row -> row.cell().model()).distinct().toList());
    check(
        "--plain",
        plain,
        "variant",
        rows.stream().map(row -> row.cell().variant()).distinct().toList());
    Statistics statistics = Statistics.of(rows, baseline, plain);
    if (html.isPresent()) {
      String page =
          ReportPage.of(
              store,
              config.name(),
              config.resolved(),
              plan,
              rows,
              statistics,
              Program.running().toString());
      Path file = Locations.qualified(Locations.path(html.get()), SparkDriver.hadoop());
      FileSystem fileSystem = file.getFileSystem(SparkDriver.hadoop());
      fileSystem.setWriteChecksum(false); // no .crc file beside it
      WholeFile.createOrOverwrite(
          fileSystem, file, to -> to.write(page.getBytes(StandardCharsets.UTF_8)));
      out.printf(
          Locale.ROOT,
          "%s: %s networks, %.1f kB%n",
          file,
          rows.stream().map(row -> row.cell().artifact()).distinct().count(),
          page.length() / 1e3);
    } else {
      out.print(text(statistics, Origin.of(store, config.name(), plan.plan(), rows)));
    }
    out.flush();
    return results.missing() == 0 ? Main.DONE : Main.SOME_FAILED;
  }

  private void check(String option, Optional<String> given, String kind, List<String> names) {
    if (given.isPresent() && !names.contains(given.get())) {
      throw new ParameterException(
          command.commandLine(),
          "%s %s is not a %s of this sweep; it has: %s"
              .formatted(option, given.get(), kind, String.join(", ", names)));
    }
  }

  private String text(Statistics statistics, Origin origin) throws IOException {
    StatisticsText text = new StatisticsText(statistics);
    return switch (format) {
      case MARKDOWN -> "%s%nFrom %s%n".formatted(text.markdown(), origin.inWords());
      case CSV -> text.csv(); // has no place for it
      case LATEX -> "%% From %s%n%s".formatted(origin.inWords(), text.latex());
      case JSON ->
          new String(Json.print(new Whole(origin, statistics)), StandardCharsets.UTF_8)
              + System.lineSeparator();
    };
  }

  /** What the JSON holds. */
  private record Whole(
      @JsonProperty("origin") Origin origin, @JsonUnwrapped Statistics statistics) {}
}
