package org.bilateralbrain.cli;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.sweep.SweepSetup;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What every command on a sweep takes. */
final class SweepOptions {

  @Parameters(paramLabel = "CONF", description = "The sweep's configuration file, see conf/.")
  private File file;

  @Option(
      names = "--set",
      paramLabel = "path.to.key=value",
      description = "Overrides a setting of the file; can be given many times.")
  private List<String> overrides = new ArrayList<>();

  static NothingThereException notRun(Store store, String sweep) {
    return new NothingThereException(
        "No sweep named %s in %s; run it first".formatted(sweep, store.root()));
  }

  /**
   * None of the networks of a configuration's plan is in the store, and its folder there, if it has
   * one, is of another plan.
   */
  static NothingThereException noNetworks(SweepSetup setup) throws IOException {
    String other = setup.otherPlan().map(text -> " (" + text + ")").orElse("");
    return new NothingThereException(
        "None of the networks of %s is in %s%s; run it first"
            .formatted(setup.config().name(), setup.store().root(), other));
  }

  SweepConfig load() {
    return SweepConfig.load(file, overrides);
  }
}
