package org.bilateralbrain.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValueFactory;
import java.io.File;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.bilateralbrain.data.Locations;

/**
 * Where settings come from: {@code --set}, the user's file and the files that it includes, {@code
 * reference.conf}, and those variables of the environment that a setting names as {@code ${NAME}}
 * in capitals.
 *
 * @param resolved all settings with their values
 * @param shown likewise, with the names of variables in place of their values, which may be secret
 */
record ConfigSources(Config resolved, Config shown) {

  private static final Pattern VARIABLE = Pattern.compile("[A-Z_][A-Z0-9_]*");

  private static final long MAX_BYTES = 1 << 20;

  private static final Pattern HOCON_VALUE =
      Pattern.compile(
          "\\s*([\\[{\"].*|true|false|null|[-+]?[0-9.]+([eE][-+]?[0-9]+)?)\\s*", Pattern.DOTALL);

  /**
   * @param root the key below which all settings are
   * @param overrides {@code path.to.key=value}; later ones take precedence
   * @throws InvalidConfigurationException if a file is missing or an override is malformed
   * @throws ConfigException if a text is not HOCON
   */
  static ConfigSources read(
      String root, File file, List<String> overrides, Map<String, String> environment) {
    Config config = ConfigFactory.empty();
    Config written = parse(file);
    for (String override : overrides) {
      config = parseOverride(override).withFallback(config);
    }
    config = config.withFallback(written).withFallback(defaults(root));
    Map<String, String> values = new TreeMap<>();
    Map<String, String> names = new TreeMap<>();
    environment.forEach(
        (name, value) -> {
          if (VARIABLE.matcher(name).matches()) {
            values.put(name, value);
            names.put(name, "${" + name + "}");
          }
        });
    return new ConfigSources(resolve(config, values), resolve(config, names).withOnlyPath(root));
  }

  /** A file's text with those that it includes in their places. */
  static String inOneFile(File file) {
    return ConfigText.of(parse(file).root());
  }

  private static Config parse(File file) {
    if (!file.isFile()) {
      throw new InvalidConfigurationException(
          List.of("Configuration file %s not found".formatted(file)));
    }
    return parse(List.of(file.getAbsoluteFile()));
  }

  private static Config resolve(Config config, Map<String, String> variables) {
    Config all =
        config
            .withFallback(ConfigValueFactory.fromMap(variables, "environment"))
            .resolve(ConfigResolveOptions.noSystem());
    for (String name : variables.keySet()) {
      all = config.root().containsKey(name) ? all : all.withoutPath(name);
    }
    return all;
  }

  /** Only our own: other libraries on a cluster's class path also have a file of this name. */
  private static Config defaults(String root) {
    return ConfigFactory.parseResources(ConfigSources.class.getClassLoader(), "reference.conf")
        .withOnlyPath(root);
  }

  /**
   * Numbers, booleans, null, lists, objects and quoted strings are parsed as HOCON; any other value
   * is taken literally, so that URIs need no quotes. Where a mistake is, is told by the key alone:
   * the value of an unknown setting may be secret.
   */
  private static Config parseOverride(String override) {
    int equals = override.indexOf('=');
    if (equals < 1) {
      throw new InvalidConfigurationException(
          List.of(
              "--set %s is not of the form path.to.key=value"
                  .formatted(equals < 0 ? override : "=…")));
    }
    String path = override.substring(0, equals).strip();
    String value = override.substring(equals + 1);
    String origin = "--set " + path;
    if (HOCON_VALUE.matcher(value).matches()) {
      return ConfigFactory.parseString(
          path + "=" + value,
          options(List.of(new File("--set").getAbsoluteFile())).setOriginDescription(origin));
    }
    return ConfigValueFactory.fromAnyRef(value, origin).atPath(path);
  }

  /**
   * @param chain the file, preceded by those that include it
   */
  private static Config parse(List<File> chain) {
    File file = chain.get(chain.size() - 1);
    if (file.length() > MAX_BYTES) {
      throw new InvalidConfigurationException(
          List.of("%s has %s bytes, too many for a configuration".formatted(file, file.length())));
    }
    return ConfigFactory.parseFile(file, options(chain));
  }

  private static ConfigParseOptions options(List<File> including) {
    return ConfigParseOptions.defaults().setAllowMissing(false).setIncluder(new Files(including));
  }

  /** Includes files that are there, and nothing from the network or the class path. */
  private static final class Files
      implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {

    private final List<File> chain;

    /**
     * @param chain the file with the include, preceded by those that include it
     */
    Files(List<File> chain) {
      this.chain = chain;
    }

    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
      return this;
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String what) {
      return includeFile(context, new File(Locations.inHome(what)));
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File what) {
      File named = what.isAbsolute() ? what : new File(including().getParentFile(), what.getPath());
      File file = named.toPath().normalize().toFile();
      if (!file.isFile()) {
        throw refusal("%s, but %s is not there".formatted(what, file));
      }
      if (chain.contains(file)) {
        throw refusal("%s, which includes it".formatted(what));
      }
      List<File> longer = new ArrayList<>(chain);
      longer.add(file);
      return parse(longer).root();
    }

    @Override
    public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
      throw refusal("the address %s; only files can be included".formatted(what));
    }

    @Override
    public ConfigObject includeResources(ConfigIncludeContext context, String what) {
      throw refusal("%s from the class path; only files can be included".formatted(what));
    }

    private InvalidConfigurationException refusal(String what) {
      return new InvalidConfigurationException(
          List.of("%s includes %s".formatted(including(), what)));
    }

    private File including() {
      return chain.get(chain.size() - 1);
    }
  }
}
