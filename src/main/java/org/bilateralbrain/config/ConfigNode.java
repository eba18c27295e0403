package org.bilateralbrain.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * One object of a configuration as a node of its tree: its keys, and the problems found in it and
 * below it. Keys that nobody asked for are problems, too.
 */
abstract class ConfigNode {

  final ConfigObject object;
  final Set<String> problems;
  final Set<String> wholeNumbers;
  final List<ConfigNode> children = new ArrayList<>();
  final String path;
  final ConfigObject own;
  final ConfigObject defaults;
  private final Set<String> asked = new HashSet<>();

  /**
   * @param own the node's own keys
   * @param defaults values of missing keys; the node they come from reports their mistakes
   * @param problems shared by all nodes of a configuration
   * @param wholeNumbers paths of the settings that have been read as integers; likewise shared
   */
  ConfigNode(
      String path,
      ConfigObject own,
      ConfigObject defaults,
      Set<String> problems,
      Set<String> wholeNumbers) {
    this.path = path;
    this.object = own.withFallback(defaults);
    this.own = own;
    this.defaults = defaults;
    this.problems = problems;
    this.wholeNumbers = wholeNumbers;
  }

  final String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** The keys in the order of their lines in the file, which HOCON itself does not preserve. */
  final List<String> keys() {
    return object.keySet().stream()
        .sorted(
            Comparator.<String>comparingInt(key -> value(key).origin().lineNumber())
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  final boolean isNull(String key) {
    asked.add(key);
    ConfigValue value = object.get(key);
    return value == null || value.valueType() == ConfigValueType.NULL;
  }

  /** The length of a list; 0 if it isn't there or no list. */
  final int size(String key) {
    return object.get(key) instanceof ConfigList list ? list.size() : 0;
  }

  /** Whether there is such a key, be its value null. */
  final boolean has(String key) {
    return object.containsKey(key);
  }

  /**
   * All values below this node by their paths, in the order of their lines: those that are no
   * objects, and objects that count as one value.
   */
  final Map<String, ConfigValue> leaves(Predicate<ConfigObject> isValue) {
    asked.addAll(object.keySet());
    Map<String, ConfigValue> found = new TreeMap<>();
    collect("", object, isValue, found);
    return found.entrySet().stream()
        .sorted(Comparator.comparingInt(leaf -> leaf.getValue().origin().lineNumber()))
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
  }

  private void collect(
      String prefix,
      ConfigObject within,
      Predicate<ConfigObject> isValue,
      Map<String, ConfigValue> found) {
    within.forEach(
        (key, value) -> {
          if (value instanceof ConfigObject nested && !isValue.test(nested)) {
            collect(prefix + key + ".", nested, isValue, found);
          } else if (value.valueType() != ConfigValueType.NULL) {
            if (found.put(prefix + key, value) != null) {
              report(
                  path(prefix + key),
                  "is given twice, once with its path in quotes and once without; write both in the same way, or remove one",
                  value.origin());
            }
          }
        });
  }

  /** From now on, the unknown keys of another node are reported in place of this one's. */
  final void replacedBy(ConfigNode other) {
    asked.addAll(object.keySet());
    children.add(other);
  }

  /** The value of a key that is there. */
  final ConfigValue value(String key) {
    return Objects.requireNonNull(object.get(key), key);
  }

  /** The key itself, if it has a value. */
  final Optional<String> optional(String key) {
    return isNull(key) ? Optional.empty() : Optional.of(key);
  }

  /** Records a problem of a key, unless its value comes from the defaults. */
  final void problem(String key, String message) {
    boolean inherited = object.containsKey(key) && !own.containsKey(key);
    if (inherited) {
      return;
    }
    ConfigValue value = object.get(key);
    ConfigOrigin origin = value == null ? object.origin() : value.origin();
    report(path(key), message, origin);
  }

  final void report(String path, String message, ConfigOrigin origin) {
    String place =
        origin.filename() != null && origin.lineNumber() > 0
            ? origin.filename() + ":" + origin.lineNumber()
            : origin.description().replaceFirst(": \\d+$", ""); // an override is a line of its own
    problems.add("%s %s (%s)".formatted(path, message, place));
  }

  final String shown(String key) {
    return render(value(key));
  }

  static String render(ConfigValue value) {
    return value.render(ConfigRenderOptions.concise());
  }

  /**
   * Call this once everything has been read.
   *
   * @throws InvalidConfigurationException if this section or one below it has an unknown key, or
   *     any problem was recorded before
   */
  final void throwIfInvalid() {
    rejectUnknownKeys();
    if (!problems.isEmpty()) {
      throw new InvalidConfigurationException(List.copyOf(problems));
    }
  }

  private void rejectUnknownKeys() {
    for (String key : keys()) {
      if (!asked.contains(key)) {
        problem(
            key,
            "is not a known setting; expected one of: " + String.join(", ", new TreeSet<>(asked)));
      }
    }
    children.forEach(ConfigNode::rejectUnknownKeys);
  }
}
