package org.bilateralbrain.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One object of a configuration with the objects nested in it, which can take missing values from
 * others.
 */
final class Section extends SectionValues {

  private static final ConfigObject NOTHING = ConfigValueFactory.fromMap(Map.of());

  /** The root of a configuration. */
  Section(ConfigObject root) {
    super("", root, NOTHING, new LinkedHashSet<>(), new HashSet<>());
  }

  private Section(
      String path,
      ConfigObject own,
      ConfigObject defaults,
      Set<String> problems,
      Set<String> wholeNumbers) {
    super(path, own, defaults, problems, wholeNumbers);
  }

  /** A nested object; without keys if it is missing or of another type. */
  Section child(String key) {
    return child(key, NOTHING);
  }

  /**
   * A nested object whose missing keys are taken from the object of this key in the defaults, if
   * there is one.
   */
  Section inheriting(String key) {
    ConfigObject inherited = defaults.get(key) instanceof ConfigObject object ? object : NOTHING;
    if (own.get(key) instanceof ConfigObject given) {
      Section section = new Section(path(key), given, inherited, problems, wholeNumbers);
      children.add(section);
      isNull(key); // it has been read
      return section;
    }
    return own.containsKey(key) && !isNull(key) ? child(key) : inheritedOnly(key, inherited);
  }

  private Section inheritedOnly(String key, ConfigObject inherited) {
    isNull(key); // it has been read
    return detached(key, inherited);
  }

  /** A nested object whose missing keys are taken from another section. */
  Section childWithDefaults(String key, Section defaults) {
    boolean isReported = defaults.problems != problems; // as being no object
    return isReported ? detached(key, defaults.object) : child(key, defaults.object);
  }

  /** Its problems are not reported. */
  private Section detached(String key, ConfigObject defaults) {
    return new Section(path(key), NOTHING, defaults, new LinkedHashSet<>(), wholeNumbers);
  }

  /** A copy that can be read without reporting problems, to learn how its settings are read. */
  Section unreported() {
    return new Section(path, own, defaults, new LinkedHashSet<>(), wholeNumbers);
  }

  /** Whether a setting has been read as an integer, here or in a section of the same path. */
  boolean isWholeNumber(String key) {
    return wholeNumbers.contains(path(key));
  }

  /**
   * This section with other values at some paths below it; itself if there are none. Mistakes are
   * reported under this section's path.
   */
  Section with(Map<String, ConfigValue> values) {
    if (values.isEmpty()) {
      return this;
    }
    Config changed = own.toConfig();
    for (Map.Entry<String, ConfigValue> value : values.entrySet()) {
      changed = changed.withValue(value.getKey(), value.getValue());
    }
    Section section = new Section(path, changed.root(), defaults, problems, wholeNumbers);
    replacedBy(section);
    return section;
  }

  private Section child(String key, ConfigObject defaults) {
    ConfigObject nested = NOTHING;
    if (!isNull(key)) {
      if (value(key) instanceof ConfigObject given) {
        nested = given;
      } else {
        problem(key, "must be an object { … }, not " + shown(key));
        // Reported once, not again for each of its keys.
        return detached(key, defaults);
      }
    }
    Section section = new Section(path(key), nested, defaults, problems, wholeNumbers);
    children.add(section);
    return section;
  }

  /** A list of objects, which may be empty. */
  List<Section> objects(String key) {
    List<Section> sections = new ArrayList<>();
    int index = 0;
    for (ConfigValue value : list(key)) {
      String place = "%s[%s]".formatted(path(key), index++);
      if (value instanceof ConfigObject object) {
        sections.add(new Section(place, object, NOTHING, problems, wholeNumbers));
      } else {
        report(
            path(key),
            "contains %s; expected objects { … }".formatted(render(value)),
            value.origin());
      }
    }
    children.addAll(sections);
    return sections;
  }
}
