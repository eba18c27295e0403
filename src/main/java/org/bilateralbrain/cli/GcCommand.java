package org.bilateralbrain.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.store.Leftovers.Leftover;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.sweep.SparkDriver;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "gc",
    description =
        "Removes from the store what dead attempts left: files that were never committed, checkpoints of jobs that are"
            + " done. Trained networks and results are never touched; it may run beside sweeps.",
    mixinStandardHelpOptions = true)
final class GcCommand implements Callable<Integer> {

  @Mixin private SweepOptions options;
  @Spec private CommandSpec command;

  @Option(names = "--dry-run", description = "Only lists what would be removed.")
  private boolean dryRun;

  @Option(
      names = "--older-than",
      paramLabel = "HOURS",
      defaultValue = "24",
      description =
          "Removes only what nobody has written to for so long (default: ${DEFAULT-VALUE}); must be longer than a job"
              + " takes to write one file.")
  private double hours;

  @Option(
      names = "--unfinished",
      description = "Also removes checkpoints of jobs that were not finished: these will start anew.")
  private boolean unfinished;

  @Override
  public Integer call() throws Exception {
    if (!(hours >= 0)) {
      throw new ParameterException(command.commandLine(), "--older-than must be 0 or more hours, not " + hours);
    }
    SweepConfig config = options.load();
    Store store = Store.open(config.store(), SparkDriver.hadoop());
    Instant untouchedSince = Instant.now().minus(Duration.ofMillis(Math.round(hours * 3_600_000)));
    List<Leftover> leftovers = store.leftovers(untouchedSince, unfinished);
    PrintWriter out = command.commandLine().getOut();
    for (Leftover leftover : leftovers) {
      if (!dryRun) {
        store.delete(leftover);
      }
      out.printf("%s  %s: %s%n", megabytes(leftover.bytes()), leftover.path(), leftover.reason());
    }
    long bytes = leftovers.stream().mapToLong(Leftover::bytes).sum();
    out.printf(
        "%s leftovers, %s, %s%n", leftovers.size(), megabytes(bytes).strip(), dryRun ? "would be removed" : "removed");
    return Main.DONE;
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%9.1f MB", bytes / 1e6);
  }
}
