package org.bilateralbrain.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.spark.SparkDriver;
import org.bilateralbrain.store.Leftovers;
import org.bilateralbrain.store.Leftovers.Leftover;
import org.bilateralbrain.store.Store;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "gc",
    description =
        "Removes leftovers of crashed runs from the store: uncommitted files, and checkpoints of finished jobs. Trained"
            + " networks and results are never touched; safe while sweeps are running.",
    mixinStandardHelpOptions = true)
final class GcCommand implements Callable<Integer> {

  private static final double MIN_HOURS = 1;

  @Mixin private SweepOptions options;
  @Spec private CommandSpec command;

  @Option(names = "--dry-run", description = "Only lists what would be removed.")
  private boolean dryRun;

  @Option(
      names = "--older-than",
      paramLabel = "HOURS",
      defaultValue = "24",
      description =
          "Removes only files unmodified for that many hours (default: ${DEFAULT-VALUE}); must be longer than a job takes"
              + " to write one file.")
  private double hours;

  @Option(names = "--force", description = "Accepts --older-than below one hour.")
  private boolean force;

  @Option(
      names = "--unfinished",
      description = "Also removes checkpoints of unfinished jobs, which then start from scratch.")
  private boolean unfinished;

  @Override
  public Integer call() throws Exception {
    if (!(hours >= 0)) {
      throw new ParameterException(
          command.commandLine(), "--older-than must be at least 0 hours, not " + hours);
    }
    if (hours < MIN_HOURS && !force && !dryRun) {
      throw new ParameterException(
          command.commandLine(),
          "--older-than %s: running jobs can leave files unmodified for up to an hour; if no job is running, add --force"
              .formatted(hours));
    }
    SweepConfig config = options.load();
    Store store = Store.open(config.store(), SparkDriver.hadoop());
    if (!store.exists()) {
      throw new SweepOptions.NotInStoreException("No store at %s".formatted(store.root()));
    }
    Instant unmodifiedSince = Instant.now().minus(Duration.ofMillis(Math.round(hours * 3_600_000)));
    List<Leftover> leftovers = Leftovers.list(store, unmodifiedSince, unfinished);
    PrintWriter out = command.commandLine().getOut();
    int count = 0;
    long bytes = 0;
    for (Leftover leftover : leftovers) {
      if (dryRun || Leftovers.remove(store, leftover, unmodifiedSince)) {
        out.printf("%s  %s: %s%n", megabytes(leftover.bytes()), leftover.path(), leftover.reason());
        count++;
        bytes += leftover.bytes();
      }
    }
    out.printf(
        "%s leftovers, %s, %s%n",
        count, megabytes(bytes).strip(), dryRun ? "would be removed" : "removed");
    return Main.DONE;
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%9.1f MB", bytes / 1e6);
  }
}
