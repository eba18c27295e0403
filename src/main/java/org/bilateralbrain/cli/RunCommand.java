package org.bilateralbrain.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.report.SweepResults;
import org.bilateralbrain.report.progress.EventLines;
import org.bilateralbrain.report.progress.ProgressView;
import org.bilateralbrain.spark.SparkDriver;
import org.bilateralbrain.statistics.Contrast;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.sweep.SweepSummary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "run",
    description =
        "Trains the networks of a sweep that are not in the store yet, writes its results and prints its table.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {

  @Mixin private SweepOptions options;
  @Spec private CommandSpec command;
  @ParentCommand private Main main;

  @Option(
      names = "--until",
      paramLabel = "half-interval=POINTS",
      description =
          "Adds seeds (the next integers) until half the 95 %% confidence interval of each of the sweep's contrasts"
              + " (report.contrasts) is at most so many percentage points.")
  private Optional<String> until = Optional.empty();

  @Option(
      names = "--max-seeds",
      paramLabel = "N",
      defaultValue = "20",
      description = "With --until: the largest number of seeds (default: ${DEFAULT-VALUE}).")
  private int maxSeeds;

  @Override
  public Integer call() throws Exception {
    SweepConfig config = options.load();
    Optional<Precision> precision = until.map(text -> precision(text, config));
    SweepSetup setup = SweepSetup.of(config, SparkDriver.hadoop());
    PrintWriter progress = command.commandLine().getErr();
    setup
        .otherPlan()
        .ifPresent(
            other ->
                progress.println(other + ": they are replaced; its networks stay in the store."));
    SweepSummary summary = round(setup);
    boolean isReached = true;
    if (precision.isPresent()) {
      List<Long> seeds = new ArrayList<>(config.grid().seeds());
      List<Contrast> contrasts = contrasts(setup);
      while (summary.complete() && addSeeds(precision.get(), contrasts, seeds)) {
        setup = SweepSetup.of(options.load(seeds), SparkDriver.hadoop());
        summary = round(setup);
        contrasts = contrasts(setup);
      }
      isReached = precision.get().isReached(contrasts);
      sayHowToRepeat(config, seeds);
    }
    PrintWriter out = command.commandLine().getOut();
    out.println(summary.table());
    out.println(summary);
    return summary.complete() && isReached ? Main.DONE : Main.SOME_FAILED;
  }

  private Precision precision(String text, SweepConfig config) {
    Precision precision =
        Precision.parse(text, maxSeeds)
            .orElseThrow(
                () ->
                    invalid(
                        "--until must be half-interval=POINTS with more than 0 percentage points, such as half-interval=0.3, not "
                            + text));
    if (config.report().contrasts().isEmpty()) {
      throw invalid(
          "--until needs contrasts, but the sweep has none: name some in report.contrasts, or add models to grid.models that"
              + " bilateral-specialised is compared with");
    }
    if (config.grid().tuning().prunes()) {
      throw invalid(
          "--until can't be combined with grid.search.prune = median, which leaves contrasts without some of their networks:"
              + " search first, then run the settings that you choose");
    }
    int seeds = config.grid().seeds().size();
    if (maxSeeds < seeds) {
      throw invalid(
          "--max-seeds is %s, but grid.seeds already has %s seeds".formatted(maxSeeds, seeds));
    }
    return precision;
  }

  private ParameterException invalid(String message) {
    return new ParameterException(command.commandLine(), message);
  }

  /** Returns whether there are more seeds than before. */
  private boolean addSeeds(Precision precision, List<Contrast> contrasts, List<Long> seeds) {
    PrintWriter progress = command.commandLine().getErr();
    progress.println(precision.inWords(contrasts, seeds.size()));
    int more = precision.isReached(contrasts) ? 0 : precision.seedsToAdd(contrasts, seeds.size());
    for (int i = 0; i < more; i++) {
      seeds.add(Collections.max(seeds) + 1);
    }
    progress.println(
        more > 0
            ? "Next: %s seeds".formatted(seeds.size())
            : precision.isReached(contrasts)
                ? "Precise enough"
                : "Not precise enough, but there are %s seeds (--max-seeds)"
                    .formatted(seeds.size()));
    return more > 0;
  }

  /** The configuration file has fewer seeds; so all other commands need to be told. */
  private void sayHowToRepeat(SweepConfig config, List<Long> seeds) {
    if (seeds.size() > config.grid().seeds().size()) {
      command
          .commandLine()
          .getErr()
          .printf(
              "The sweep now has %s seeds; for its report and other commands add --set '%s'%n",
              seeds.size(), SweepOptions.seedsSetting(seeds));
    }
  }

  private static List<Contrast> contrasts(SweepSetup setup) throws IOException {
    SweepConfig config = setup.config();
    return SweepResults.read(setup.store(), config.name(), setup.planFile())
        .statistics(Optional.empty(), Optional.empty(), config.report())
        .contrasts();
  }

  /** Trains what is missing for these seeds. */
  private SweepSummary round(SweepSetup setup) throws Exception {
    SweepConfig config = setup.config();
    PrintWriter progress = command.commandLine().getErr();
    progress.printf(
        "Sweep %s, results in %s%n", config.name(), setup.store().sweepFolder(config.name()));
    announceLookup(setup, progress);
    return Main.explainingInterruption(
        progress, Main.RESUMED_BY_REPETITION, () -> run(setup, progress));
  }

  /** Looking through a remote store takes minutes. */
  static void announceLookup(SweepSetup setup, PrintWriter progress) {
    progress.printf(
        "Looking for %s artifacts in %s%n", setup.plan().jobs().size(), setup.store().root());
    progress.flush();
  }

  private SweepSummary run(SweepSetup setup, PrintWriter progress) throws Exception {
    try (ProgressView view = main.onTerminalOr(new EventLines(progress))) {
      return SparkDriver.run(setup, view);
    }
  }
}
