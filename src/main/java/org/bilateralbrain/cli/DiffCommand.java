package org.bilateralbrain.cli;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.Locations;
import org.bilateralbrain.report.SweepDiff;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.sweep.SparkDriver;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "diff",
    description =
        "Compares two sweeps that have been run: settings that differ, and the change of each line of the table with its"
            + " significance.",
    mixinStandardHelpOptions = true)
final class DiffCommand implements Callable<Integer> {

  private static final String SWEEPS = "sweeps";

  @Parameters(index = "0", paramLabel = "A", description = "A sweep: its configuration file, or its folder in a store (…/sweeps/NAME).")
  private String first;

  @Parameters(index = "1", paramLabel = "B", description = "Another one, likewise.")
  private String second;

  @Option(
      names = "--set",
      paramLabel = "path.to.key=value",
      description = "Overrides a setting of configuration files, such as the store; can be given many times.")
  private List<String> overrides = new ArrayList<>();

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws Exception {
    Sweep a = sweep(first);
    Sweep b = sweep(second);
    command.commandLine().getOut().print(SweepDiff.of(a.store(), a.name(), b.store(), b.name()).markdown());
    command.commandLine().getOut().flush();
    return Main.DONE;
  }

  private record Sweep(Store store, String name) {}

  private Sweep sweep(String named) throws IOException {
    if (new File(named).isFile()) {
      SweepConfig config = SweepConfig.load(new File(named), overrides);
      return thatWasRun(Store.open(config.store(), SparkDriver.hadoop()), config.name());
    }
    Path folder = Locations.path(named);
    if (folder.getParent() == null || !folder.getParent().getName().equals(SWEEPS)) {
      throw new ParameterException(
          command.commandLine(), "%s is neither a configuration file nor a sweep's folder (…/sweeps/NAME)".formatted(named));
    }
    Path root = folder.getParent().getParent();
    return thatWasRun(Store.open(root == null ? "." : root.toString(), SparkDriver.hadoop()), folder.getName());
  }

  private Sweep thatWasRun(Store store, String name) throws IOException {
    if (store.readSweepFile(name, SweepPlanFile.FILE_NAME).isEmpty()) {
      throw new ParameterException(
          command.commandLine(), SweepOptions.notRun(store, name));
    }
    return new Sweep(store, name);
  }
}
