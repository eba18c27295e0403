package org.bilateralbrain.cli;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.spark.SparkDriver;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.sweep.SweepSetup;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options that all commands on a sweep share, and their failures if there is no such sweep. */
final class SweepOptions {

  @Parameters(paramLabel = "CONF", description = "The sweep's configuration file, see conf/.")
  private File file;

  @Option(
      names = "--set",
      paramLabel = "path.to.key=value",
      description = "Overrides a setting of the file; repeatable.")
  private List<String> overrides = new ArrayList<>();

  /** The sweep that a command needs is not in the store; the message says what to do. */
  static final class NotInStoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotInStoreException(String message) {
      super(message);
    }
  }

  /** The store has no folder of that sweep. */
  static NotInStoreException notRun(Store store, String sweep) {
    return new NotInStoreException(
        "No sweep named %s in %s; run it first".formatted(sweep, store.root()));
  }

  /** The store has none of the networks of the configuration's plan, and no folder of that plan. */
  static NotInStoreException noNetworks(SweepSetup setup) throws IOException {
    String other = setup.otherPlan().map(text -> " (" + text + ")").orElse("");
    return new NotInStoreException(
        "None of the networks of %s is in %s%s; run it first"
            .formatted(setup.config().name(), setup.store().root(), other));
  }

  SweepConfig load() {
    return loadWith(List.of());
  }

  /** The same with other seeds. */
  SweepConfig load(List<Long> seeds) {
    return loadWith(List.of(seedsSetting(seeds)));
  }

  /** A shipped configuration already has the overrides of the command line in it. */
  private SweepConfig loadWith(List<String> later) {
    Optional<File> shipped = ShippedConfiguration.here();
    if (shipped.isPresent()) {
      SweepConfig config = SweepConfig.load(shipped.get(), later);
      ShippedConfiguration.requireTheUsersStore(shipped.get(), config, SparkDriver.hadoop());
      return config;
    }
    List<String> all = new ArrayList<>(overrides);
    all.addAll(later);
    return SweepConfig.load(file, all);
  }

  /** How these seeds are asked for by {@code --set}. */
  static String seedsSetting(List<Long> seeds) {
    return "bilateral.grid.seeds=" + seeds;
  }
}
