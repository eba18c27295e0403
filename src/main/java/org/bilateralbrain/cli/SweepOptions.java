package org.bilateralbrain.cli;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.store.Store;
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

  /** For people. */
  static String notRun(Store store, String sweep) {
    return "%s holds no sweep named %s: it has not been run".formatted(store.root(), sweep);
  }

  SweepConfig load() {
    return SweepConfig.load(file, overrides);
  }
}
