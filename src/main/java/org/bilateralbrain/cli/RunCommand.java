package org.bilateralbrain.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.report.progress.EventLines;
import org.bilateralbrain.report.progress.ProgressView;
import org.bilateralbrain.spark.SparkDriver;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.sweep.SweepSummary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

  @Override
  public Integer call() throws Exception {
    SweepConfig config = options.load();
    PrintWriter progress = command.commandLine().getErr();
    SweepSetup setup = SweepSetup.of(config, SparkDriver.hadoop());
    progress.printf(
        "Sweep %s, results in %s%n", config.name(), setup.store().sweepFolder(config.name()));
    setup
        .otherPlan()
        .ifPresent(
            other ->
                progress.println(other + ": they are replaced; its networks stay in the store."));
    announceLookup(setup, progress);
    SweepSummary summary = Main.explainingInterruption(progress, () -> run(setup, progress));
    PrintWriter out = command.commandLine().getOut();
    out.println(summary.table());
    out.println(summary);
    return summary.complete() ? Main.DONE : Main.SOME_FAILED;
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
