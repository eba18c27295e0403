package org.bilateralbrain.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * HOCON text that is read as the same configuration, with its comments. Keys keep the order of
 * their lines, which is that of variants in tables; HOCON's own text is in alphabetical order.
 */
final class ConfigText {

  private static final ConfigRenderOptions OPTIONS =
      ConfigRenderOptions.defaults().setOriginComments(false).setJson(false);

  private final StringBuilder text = new StringBuilder();

  private ConfigText() {}

  static String of(ConfigObject root) {
    ConfigText text = new ConfigText();
    text.append(root.entrySet(), "");
    return text.text.toString();
  }

  private void append(Set<Map.Entry<String, ConfigValue>> entries, String indent) {
    entries.stream()
        .sorted(
            Comparator.<Map.Entry<String, ConfigValue>>comparingInt(
                    entry -> entry.getValue().origin().lineNumber())
                .thenComparing(Map.Entry::getKey))
        .forEach(entry -> append(entry.getKey(), entry.getValue(), indent));
  }

  private void append(String key, ConfigValue value, String indent) {
    Optional<Set<Map.Entry<String, ConfigValue>>> entries = entries(value);
    if (entries.isPresent()) {
      value
          .origin()
          .comments()
          .forEach(comment -> text.append(indent).append('#').append(comment).append('\n'));
      text.append(indent).append(ConfigUtil.quoteString(key)).append(" {\n");
      append(entries.get(), indent + "  ");
      text.append(indent).append("}\n");
    } else {
      value
          .atKey(key)
          .root()
          .render(OPTIONS)
          .lines()
          .forEach(line -> text.append(indent).append(line).append('\n'));
    }
  }

  /** Empty if it is no object, or one that refers to others and has no entries yet. */
  private static Optional<Set<Map.Entry<String, ConfigValue>>> entries(ConfigValue value) {
    try {
      return value instanceof ConfigObject object
          ? Optional.of(object.entrySet())
          : Optional.empty();
    } catch (ConfigException.NotResolved e) {
      return Optional.empty();
    }
  }
}
