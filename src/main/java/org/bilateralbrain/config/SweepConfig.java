package org.bilateralbrain.config;

import com.typesafe.config.ConfigException;
import java.io.File;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bilateralbrain.data.Locations;
import org.bilateralbrain.nn.Computation;
import org.bilateralbrain.nn.Engine;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.nn.Precision;

/**
 * The configuration of a sweep.
 *
 * @param name also the sweep's folder in the store
 * @param store URI of the store, on any Hadoop file system
 * @param computation what runs the networks
 * @param writesFeatures whether the command {@code test} also writes the networks' features of the
 *     test images
 * @param resolved the configuration with all defaults and overrides, but with the names of the
 *     environment's variables instead of their values, as HOCON text
 */
public record SweepConfig(
    String name,
    String store,
    Computation computation,
    DataSettings data,
    GridSettings grid,
    ExecutionSettings execution,
    boolean writesFeatures,
    ReportSettings report,
    String resolved) {

  private static final String ROOT = "bilateral";

  /**
   * Reads a file and those that it includes; missing keys take their values from {@code
   * reference.conf}, and {@code ${NAME}} in capitals is a variable of the environment.
   *
   * @param overrides {@code path.to.key=value}; they take precedence over the file, later ones over
   *     earlier ones
   * @throws InvalidConfigurationException listing every mistake with its path and line
   */
  public static SweepConfig load(File file, List<String> overrides) {
    return load(file, overrides, System.getenv());
  }

  /**
   * @param environment variables that settings may name
   */
  static SweepConfig load(File file, List<String> overrides, Map<String, String> environment) {
    try {
      return read(ConfigSources.read(ROOT, file, overrides, environment));
    } catch (ConfigException e) {
      throw new InvalidConfigurationException(List.of(e.getMessage()));
    } catch (StackOverflowError e) {
      throw new InvalidConfigurationException(
          List.of("%s, or an override, is nested too deeply".formatted(file)));
    }
  }

  /**
   * The text of a file with those that it includes in their places. Variables of the environment
   * keep their names.
   *
   * @throws InvalidConfigurationException if a file is missing or is not HOCON
   */
  public static String inOneFile(File file) {
    try {
      return ConfigSources.inOneFile(file);
    } catch (ConfigException e) {
      throw new InvalidConfigurationException(List.of(e.getMessage()));
    }
  }

  private static SweepConfig read(ConfigSources config) {
    Section whole = new Section(config.resolved().root());
    Section root = whole.child(ROOT);
    Section data = root.child("data");
    GridSettings grid = GridSettings.read(root);
    SweepConfig sweep =
        new SweepConfig(
            name(root),
            store(root),
            computation(root),
            DataSettings.read(data),
            grid,
            ExecutionSettings.read(root),
            root.child("test")
                .named("mode", SweepConfig::writesFeatures, "predictions, features")
                .orElse(false),
            ReportSettings.read(root.child("report"), grid),
            ConfigText.of(config.shown().root()));
    requireAveraging(root, sweep.computation(), sweep.grid());
    requireValidation(data, sweep);
    whole.throwIfInvalid();
    return sweep;
  }

  private static String name(Section root) {
    if (root.isNull("name")) {
      root.problem(
          "name",
          "is missing: give the sweep a unique name, which is also its folder in the store");
      return "";
    }
    return root.folderName("name", root.text("name"));
  }

  private static Computation computation(Section root) {
    String name = root.text("engine");
    Precision precision =
        root.named("precision", Precision::named, Precision.labels(List.of(Precision.values())))
            .orElse(Precision.FLOAT32);
    Optional<Engine> engine = Engines.find(name);
    if (engine.isEmpty()) {
      root.problem("engine", "is \"%s\"; expected one of: %s".formatted(name, Engines.names()));
    } else if (!engine.get().precisions().contains(precision)) {
      root.problem(
          "precision",
          "is \"%s\", but the engine %s computes in %s"
              .formatted(precision.label(), name, Precision.labels(engine.get().precisions())));
    }
    return new Computation(name, precision);
  }

  private static void requireAveraging(Section root, Computation computation, GridSettings grid) {
    boolean averages =
        Engines.find(computation.engine())
            .map(engine -> engine.averaging().isPresent())
            .orElse(true); // an unknown engine has been reported
    if (!averages && grid.variants().stream().anyMatch(Variant::isDataParallel)) {
      root.problem(
          "engine",
          "is \"%s\", which can't train a network on several workers (parallelism = data); expected dl4j"
              .formatted(computation.engine()));
    }
  }

  private static void requireValidation(Section data, SweepConfig sweep) {
    if (sweep.data.rule().validationFraction() > 0) {
      return;
    }
    if (sweep.grid.variants().stream().anyMatch(Variant::stopsEarly)) {
      data.problem(
          "validation-fraction",
          "is 0, but early-stopping judges a training by its validation accuracy; hold out a part, or set early-stopping = null");
    }
    if (sweep.grid.tuning().prunes()) {
      data.problem(
          "validation-fraction",
          "is 0, but grid.search.prune = median judges a training by its validation accuracy; hold out a part, or set prune = none");
    }
  }

  private static String store(Section root) {
    String store = root.text("store");
    if (store.isBlank()) {
      root.problem("store", "is empty; give a folder or a Hadoop URI");
    }
    return Locations.inHome(store);
  }

  private static Optional<Boolean> writesFeatures(String mode) {
    return switch (mode) {
      case "predictions" -> Optional.of(false);
      case "features" -> Optional.of(true);
      default -> Optional.empty();
    };
  }
}
