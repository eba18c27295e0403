package org.bilateralbrain.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.report.progress.EventLines;
import org.bilateralbrain.report.progress.ProgressText;
import org.bilateralbrain.report.progress.ProgressView;
import org.bilateralbrain.report.progress.StoredSweep;
import org.bilateralbrain.spark.SparkDriver;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.bilateralbrain.sweep.SweepSetup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "status",
    description =
        "Prints a sweep's progress, read from the store; the sweep may be running elsewhere.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {

  private static final Duration PAUSE = Duration.ofSeconds(2);

  @Mixin private SweepOptions options;
  @Spec private CommandSpec command;
  @ParentCommand private Main main;

  @Option(
      names = "--watch",
      description =
          "Follows the sweep until it is over: on a terminal with the same live display as run, otherwise with a line"
              + " for each change and one every minute.")
  private boolean watch;

  @Override
  public Integer call() throws Exception {
    SweepConfig config = options.load();
    Store store = Store.open(config.store(), SparkDriver.hadoop());
    PrintWriter out = command.commandLine().getOut();
    StoredSweep sweep = new StoredSweep(store, config.name());
    Optional<StoredSweep.Status> status = watch ? watch(sweep, out) : sweep.read();
    if (status.isEmpty()) {
      throw SweepOptions.notRun(store, config.name());
    }
    warnOfAnotherPlan(config);
    print(store, status.get(), out);
    return Main.DONE;
  }

  private void warnOfAnotherPlan(SweepConfig config) throws IOException {
    try {
      SweepSetup.fromStore(config, SparkDriver.hadoop())
          .otherPlan()
          .ifPresent(
              other -> command.commandLine().getErr().println(other + ": the status is of those."));
    } catch (DataException e) {
      // a sweep can be followed from a machine that can't read its data
    }
  }

  private Optional<StoredSweep.Status> watch(StoredSweep sweep, PrintWriter out) throws Exception {
    try (ProgressView view = main.onTerminalOr(new EventLines.Summaries(out))) {
      return new Watch(sweep, view, PAUSE).untilItIsOver();
    }
  }

  private static void print(Store store, StoredSweep.Status status, PrintWriter out) {
    for (StoredSweep.Job job : status.jobs()) {
      out.printf(
          "%-8s  %s  %s%s%n", word(job.state()), job.key(), job.title(), details(store, job));
    }
    String ago =
        status.snapshot().isDriverSilent()
            ? ", " + ProgressText.ago(status.snapshot().silence())
            : "";
    out.printf("%s; last driver heartbeat %s%s%n", counts(status.jobs()), status.updated(), ago);
  }

  private static String details(Store store, StoredSweep.Job job) {
    if (job.state() == State.RUNNING) {
      return ": " + ProgressText.of(store.readProgress(job.key()));
    }
    return job.status().reason().isEmpty() ? "" : ": " + job.status().reason();
  }

  private static String counts(List<StoredSweep.Job> jobs) {
    StringBuilder counts = new StringBuilder(jobs.size() + " jobs:");
    String separator = " ";
    for (State state : State.values()) {
      long count = jobs.stream().filter(job -> job.state() == state).count();
      counts.append(separator).append(count).append(' ').append(word(state));
      separator = ", ";
    }
    return counts.toString();
  }

  private static String word(State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
