package org.bilateralbrain.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.io.File;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
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
 * @param resolved the configuration with all defaults and overrides, as HOCON text
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
  private static final Pattern HOCON_VALUE =
      Pattern.compile(
          "\\s*([\\[{\"].*|true|false|null|[-+]?[0-9.]+([eE][-+]?[0-9]+)?)\\s*", Pattern.DOTALL);

  /**
   * Reads a file; missing keys take their values from {@code reference.conf}.
   *
   * @param overrides {@code path.to.key=value}; they take precedence over the file, later ones over
   *     earlier ones
   * @throws InvalidConfigurationException listing every mistake with its path and line
   */
  public static SweepConfig load(File file, List<String> overrides) {
    try {
      return read(resolve(file, overrides));
    } catch (ConfigException e) {
      throw new InvalidConfigurationException(List.of(e.getMessage()));
    }
  }

  private static Config resolve(File file, List<String> overrides) {
    if (!file.isFile()) {
      throw new InvalidConfigurationException(
          List.of("Configuration file %s not found".formatted(file)));
    }
    Config config = ConfigFactory.empty();
    for (String override : overrides) {
      config = parseOverride(override).withFallback(config);
    }
    return config.withFallback(ConfigFactory.parseFile(file)).withFallback(defaults()).resolve();
  }

  /** Only our own: other libraries on a cluster's class path also have a file of this name. */
  private static Config defaults() {
    return ConfigFactory.parseResources(SweepConfig.class.getClassLoader(), "reference.conf")
        .withOnlyPath(ROOT);
  }

  /**
   * Numbers, booleans, null, lists, objects and quoted strings are parsed as HOCON; any other value
   * is taken literally, so that URIs need no quotes.
   */
  private static Config parseOverride(String override) {
    int equals = override.indexOf('=');
    if (equals < 1) {
      throw new InvalidConfigurationException(
          List.of("--set %s is not of the form path.to.key=value".formatted(override)));
    }
    String path = override.substring(0, equals).strip();
    String value = override.substring(equals + 1);
    String origin = "--set " + override;
    if (HOCON_VALUE.matcher(value).matches()) {
      return ConfigFactory.parseString(
          path + "=" + value, ConfigParseOptions.defaults().setOriginDescription(origin));
    }
    return ConfigValueFactory.fromAnyRef(value, origin).atPath(path);
  }

  private static SweepConfig read(Config config) {
    Section whole = new Section(config.root());
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
            config
                .withOnlyPath(ROOT)
                .root()
                .render(ConfigRenderOptions.defaults().setOriginComments(false).setJson(false)));
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
    return store;
  }

  private static Optional<Boolean> writesFeatures(String mode) {
    return switch (mode) {
      case "predictions" -> Optional.of(false);
      case "features" -> Optional.of(true);
      default -> Optional.empty();
    };
  }
}
