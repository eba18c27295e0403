package org.bilateralbrain.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.io.File;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bilateralbrain.nn.Head;

/**
 * A whole sweep.
 *
 * @param name the sweep's folder in the store
 * @param store URI of the store, on any Hadoop file system
 * @param bothHeads training of networks that learn both kinds of label from the start
 * @param heads training of the heads on frozen hemispheres
 * @param writesFeatures whether testing writes the networks' features of the test images
 * @param resolved the configuration with all defaults and overrides, as text
 */
public record SweepConfig(
    String name,
    String store,
    DataSettings data,
    GridSettings grid,
    TrainingSettings bothHeads,
    HeadSettings heads,
    ExecutionSettings execution,
    boolean writesFeatures,
    String resolved) {

  private static final String ROOT = "bilateral";
  private static final Pattern HOCON_VALUE =
      Pattern.compile(
          "\\s*([\\[{\"].*|true|false|null|[-+]?[0-9.]+([eE][-+]?[0-9]+)?)\\s*", Pattern.DOTALL);

  /**
   * Reads a file; missing keys have the values of {@code reference.conf}.
   *
   * @param overrides {@code path.to.key=value}, each stronger than the file
   * @throws InvalidConfigurationException with every mistake, its path and line
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
      throw new InvalidConfigurationException(List.of("There is no configuration file " + file));
    }
    Config config = ConfigFactory.empty();
    for (String override : overrides) {
      config = parseOverride(override).withFallback(config);
    }
    return config.withFallback(ConfigFactory.parseFile(file)).withFallback(defaults()).resolve();
  }

  /** Ours alone: other libraries on a cluster's class path have files of this name, too. */
  private static Config defaults() {
    return ConfigFactory.parseResources(SweepConfig.class.getClassLoader(), "reference.conf")
        .withOnlyPath(ROOT);
  }

  /**
   * Numbers, lists, objects and the like are HOCON; any other value is taken as it is, so that URIs
   * need no quotes.
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

  private static Optional<Boolean> writesFeatures(String mode) {
    return switch (mode) {
      case "predictions" -> Optional.of(false);
      case "features" -> Optional.of(true);
      default -> Optional.empty();
    };
  }

  private static SweepConfig read(Config config) {
    Problems problems = new Problems();
    ConfigObject bilateral = config.getObject(ROOT);
    Section root = new Section(ROOT, bilateral, problems);
    for (Map.Entry<String, ?> other : config.root().entrySet()) {
      if (!other.getKey().equals(ROOT)) {
        problems.add(
            other.getKey(),
            "is not a setting; everything is under " + ROOT,
            config.root().get(other.getKey()).origin());
      }
    }
    String name = "";
    if (root.isNull("name")) {
      root.problem(
          "name",
          "is missing: give the sweep a name of its own, its folder in the store is called by it");
    } else {
      name = root.text("name");
      if (!Names.isUsable(name)) {
        root.problem("name", Names.RULE.formatted(name));
      }
    }
    String store = root.text("store");
    if (store.isBlank()) {
      root.problem("store", "is empty; give a folder or a Hadoop URI");
    }
    Section hemisphere = root.child("hemisphere");
    SweepConfig sweep =
        new SweepConfig(
            name,
            store,
            DataSettings.read(root.child("data")),
            GridSettings.read(root.child("grid"), hemisphere, root.child("ensemble")),
            TrainingSettings.read(root.child("both-heads")),
            HeadSettings.read(root.child("heads")),
            ExecutionSettings.read(root),
            root.child("test")
                .named("mode", SweepConfig::writesFeatures, "predictions, features")
                .orElse(false),
            config
                .withOnlyPath(ROOT)
                .root()
                .render(ConfigRenderOptions.defaults().setOriginComments(false).setJson(false)));
    Variant.Side.read(
        hemisphere, Head.FINE); // its own mistakes, also where every variant overrides them
    root.rejectUnknownKeys();
    problems.throwIfAny();
    return sweep;
  }
}
