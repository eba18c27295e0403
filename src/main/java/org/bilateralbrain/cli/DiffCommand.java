package org.bilateralbrain.cli;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.report.SweepDiff;
import org.bilateralbrain.spark.SparkDriver;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.sweep.SweepSetup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "diff",
    description =
        "Compares two sweeps: settings that differ, and the change of each line of the table with its significance.",
    mixinStandardHelpOptions = true)
final class DiffCommand implements Callable<Integer> {

  @Parameters(
      index = "0",
      paramLabel = "A",
      description =
          "First sweep: its configuration file, or its folder in a store (…/sweeps/NAME).")
  private String first;

  @Parameters(index = "1", paramLabel = "B", description = "Second sweep, likewise.")
  private String second;

  @Option(
      names = "--set",
      paramLabel = "path.to.key=value",
      description =
          "Overrides a setting of the configuration files, such as the store; repeatable.")
  private List<String> overrides = new ArrayList<>();

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws Exception {
    SweepDiff diff = SweepDiff.of(sweep(first), sweep(second));
    command.commandLine().getOut().print(diff.markdown());
    command.commandLine().getOut().flush();
    return Main.DONE;
  }

  private SweepDiff.Side sweep(String named) throws IOException {
    return new File(named).isFile() ? ofConfiguration(new File(named)) : ofFolder(named);
  }

  private SweepDiff.Side ofConfiguration(File file) throws IOException {
    SweepConfig config = SweepConfig.load(file, overrides);
    SweepSetup setup = SweepSetup.fromStore(config, SparkDriver.hadoop());
    boolean isAnyThere =
        setup
            .store()
            .lookup(
                setup.planFile().cells().stream().map(SweepPlanFile.GridPoint::artifact).toList())
            .values()
            .stream()
            .anyMatch(Lookup.Present.class::isInstance);
    if (!isAnyThere) {
      throw SweepOptions.noNetworks(setup);
    }
    return new SweepDiff.Side(setup.store(), config.name(), setup.planFile(), config.resolved());
  }

  private static SweepDiff.Side ofFolder(String named) throws IOException {
    Store.SweepFolder folder =
        Store.openSweepFolder(named, SparkDriver.hadoop())
            .orElseThrow(
                () ->
                    new SweepOptions.NotInStoreException(
                        "%s is neither a configuration file nor a sweep's folder (…/sweeps/NAME)"
                            .formatted(named)));
    Store store = folder.store();
    String name = folder.sweep();
    SweepPlanFile plan =
        store
            .readSweepFile(name, SweepPlanFile.FILE_NAME, SweepPlanFile.class)
            .orElseThrow(() -> SweepOptions.notRun(store, name));
    return new SweepDiff.Side(store, name, plan, SweepSetup.storedConfiguration(store, name, plan));
  }
}
