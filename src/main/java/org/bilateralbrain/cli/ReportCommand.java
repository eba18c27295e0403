package org.bilateralbrain.cli;

import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.report.AccuracyTable;
import org.bilateralbrain.report.SweepResults;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.sweep.SparkDriver;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "report",
    description = "Prints a sweep's table from what the store holds now.",
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {

  @Mixin private SweepOptions options;
  @Spec private CommandSpec command;

  @Override
  public Integer call() throws Exception {
    SweepConfig config = options.load();
    Store store = Store.open(config.store(), SparkDriver.hadoop());
    Optional<SweepResults> results = SweepResults.read(store, config.name());
    PrintWriter out = command.commandLine().getOut();
    if (results.isEmpty()) {
      out.printf("%s holds no sweep named %s: it has not been run%n", store.root(), config.name());
    } else {
      out.print(AccuracyTable.of(results.get().rows()));
      out.flush();
    }
    return Main.DONE;
  }
}
