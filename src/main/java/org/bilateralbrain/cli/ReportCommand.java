package org.bilateralbrain.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.report.ResultRow;
import org.bilateralbrain.report.Statistics;
import org.bilateralbrain.report.StatisticsText;
import org.bilateralbrain.report.SweepResults;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.sweep.SparkDriver;
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
      description = "${COMPLETION-CANDIDATES}; markdown is aligned for terminals, LaTeX needs booktabs (default: ${DEFAULT-VALUE}).")
  private Format format;

  @Option(
      names = "--baseline",
      paramLabel = "MODEL",
      description =
          "The model that all others are compared with (default: the first that the sweep has of"
              + " bilateral-unspecialised, unilateral-both, unilateral-fine or -coarse).")
  private Optional<String> baseline = Optional.empty();

  @Override
  public Integer call() throws Exception {
    SweepConfig config = options.load();
    Store store = Store.open(config.store(), SparkDriver.hadoop());
    Optional<SweepResults> results = SweepResults.read(store, config.name());
    PrintWriter out = command.commandLine().getOut();
    if (results.isEmpty()) {
      out.printf("%s holds no sweep named %s: it has not been run%n", store.root(), config.name());
      return Main.DONE;
    }
    List<ResultRow> rows = results.get().rows();
    List<String> models = rows.stream().map(row -> row.cell().model()).distinct().toList();
    if (baseline.isPresent() && !models.contains(baseline.get())) {
      throw new ParameterException(
          command.commandLine(),
          "--baseline %s is not a model of this sweep; it has: %s".formatted(baseline.get(), String.join(", ", models)));
    }
    out.print(text(Statistics.of(rows, baseline)));
    out.flush();
    return Main.DONE;
  }

  private String text(Statistics statistics) throws IOException {
    StatisticsText text = new StatisticsText(statistics);
    return switch (format) {
      case MARKDOWN -> text.markdown();
      case CSV -> text.csv();
      case LATEX -> text.latex();
      case JSON -> new String(Json.encode(statistics), StandardCharsets.UTF_8) + System.lineSeparator();
    };
  }
}
