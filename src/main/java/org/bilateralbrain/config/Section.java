package org.bilateralbrain.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * One object of a configuration. Each accessor notes a problem and returns a harmless stand-in if
 * the value is missing or wrong, so that reading goes on to the next mistake. Keys that nobody
 * asked for are mistakes, too.
 */
final class Section {

  private static final ConfigObject NOTHING = ConfigValueFactory.fromMap(Map.of());

  private final String path;
  private final ConfigObject object;
  private final ConfigObject own;
  private final Problems problems;
  private final Set<String> asked = new HashSet<>();
  private final List<Section> children = new ArrayList<>();

  Section(String path, ConfigObject object, Problems problems) {
    this(path, object, NOTHING, problems);
  }

  /**
   * @param own the section's own keys
   * @param defaults values of missing keys; their mistakes are the business of the section they
   *     come from
   */
  private Section(String path, ConfigObject own, ConfigObject defaults, Problems problems) {
    this.path = path;
    this.object = own.withFallback(defaults);
    this.own = own;
    this.problems = problems;
  }

  String path(String key) {
    return path + "." + key;
  }

  /** In the order of the lines on which they were written, which HOCON itself does not keep. */
  List<String> keys() {
    return object.keySet().stream()
        .sorted(
            Comparator.<String>comparingInt(key -> object.get(key).origin().lineNumber())
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  boolean isNull(String key) {
    asked.add(key);
    ConfigValue value = object.get(key);
    return value == null || value.valueType() == ConfigValueType.NULL;
  }

  /** The key itself if it has a value. */
  Optional<String> optional(String key) {
    return isNull(key) ? Optional.empty() : Optional.of(key);
  }

  /** A nested object; empty if it is missing or of another type. */
  Section child(String key) {
    return child(key, NOTHING);
  }

  /** A nested object whose missing keys are taken from another section. */
  Section childWithDefaults(String key, Section defaults) {
    return child(key, defaults.object);
  }

  private Section child(String key, ConfigObject defaults) {
    ConfigObject nested = NOTHING;
    if (!isNull(key)) {
      if (object.get(key) instanceof ConfigObject given) {
        nested = given;
      } else {
        problem(key, "must be an object { … }, not " + shown(key));
      }
    }
    Section section = new Section(path(key), nested, defaults, problems);
    children.add(section);
    return section;
  }

  String text(String key) {
    if (isNull(key)) {
      problem(key, "is missing");
      return "";
    }
    if (object.get(key).valueType() == ConfigValueType.LIST
        || object.get(key).valueType() == ConfigValueType.OBJECT) {
      problem(key, "must be text, not " + shown(key));
      return "";
    }
    return object.get(key).atKey(key).getString(key); // as it was written: 1.10 stays 1.10
  }

  /** One of a set of names. */
  <T> Optional<T> named(String key, Function<String, Optional<T>> lookup, String names) {
    String name = text(key);
    Optional<T> value = lookup.apply(name);
    if (value.isEmpty() && !isNull(key)) {
      problem(key, "is '%s', but must be one of: %s".formatted(name, names));
    }
    return value;
  }

  int integer(String key, int least) {
    return (int)
        number(key, least, least, Integer.MAX_VALUE, "a whole number of at least " + least);
  }

  /** A whole number, or the one word that stands for a special one. */
  int integerOrWord(String key, int least, String word, int meaning) {
    if (!isNull(key) && word.equals(object.get(key).unwrapped())) {
      return meaning;
    }
    return (int)
        number(
            key,
            least,
            least,
            Integer.MAX_VALUE,
            "a whole number of at least %s, or %s".formatted(least, word));
  }

  long seed(String key) {
    return (long) number(key, 0, 0, Long.MAX_VALUE, "a whole number of at least 0");
  }

  double positive(String key) {
    double value = real(key, 1);
    if (!(value > 0) || Double.isInfinite(value)) {
      problem(key, "must be greater than 0, not " + shown(key));
      return 1;
    }
    return value;
  }

  double atLeastZero(String key) {
    double value = real(key, 0);
    if (!(value >= 0) || Double.isInfinite(value)) {
      problem(key, "must be at least 0, not " + shown(key));
      return 0;
    }
    return value;
  }

  /** A share in [0, 1). */
  double fractionBelowOne(String key) {
    double value = real(key, 0);
    if (!(value >= 0 && value < 1)) {
      problem(key, "must be at least 0 and less than 1, not " + shown(key));
      return 0;
    }
    return value;
  }

  /** A share in (0, 1]. */
  double share(String key) {
    double value = real(key, 1);
    if (!(value > 0 && value <= 1)) {
      problem(key, "must be greater than 0 and at most 1, not " + shown(key));
      return 1;
    }
    return value;
  }

  /** A time with its unit, greater than 0. */
  Duration duration(String key, String expected) {
    if (isNull(key)) {
      problem(key, "is missing; give " + expected);
      return Duration.ofHours(1);
    }
    try {
      ConfigValue value = object.get(key);
      Duration duration = value.atKey(key).getDuration(key);
      if (asNumber(value).isEmpty()
          && duration.toMillis() > 0) { // a number without a unit would be milliseconds
        return duration;
      }
    } catch (ConfigException e) {
      // told below
    }
    problem(key, "must be %s, not %s".formatted(expected, shown(key)));
    return Duration.ofHours(1);
  }

  boolean yesOrNo(String key) {
    if (isNull(key)) {
      problem(key, "is missing");
      return false;
    }
    if (object.get(key).unwrapped() instanceof Boolean value) {
      return value;
    }
    problem(key, "must be true or false, not " + shown(key));
    return false;
  }

  /** A list without repetitions and with at least one element. */
  <T> List<T> distinct(String key, Function<ConfigValue, Optional<T>> element, String expected) {
    List<T> values = new ArrayList<>();
    for (ConfigValue value : list(key)) {
      Optional<T> parsed = element.apply(value);
      if (parsed.isEmpty()) {
        problems.add(
            path(key),
            "contains %s, but must hold %s".formatted(render(value), expected),
            value.origin());
      } else if (values.contains(parsed.get())) {
        problems.add(path(key), "contains %s twice".formatted(render(value)), value.origin());
      } else {
        values.add(parsed.get());
      }
    }
    return values;
  }

  /** Exactly so many real numbers, in order. */
  List<Double> reals(String key, int count) {
    List<Double> values = new ArrayList<>();
    for (ConfigValue value : list(key)) {
      asNumber(value).ifPresent(number -> values.add(number.doubleValue()));
    }
    if (values.size() != count) {
      problem(key, "must hold %s numbers, not %s".formatted(count, shown(key)));
      return java.util.Collections.nCopies(count, 1.0);
    }
    return values;
  }

  private List<ConfigValue> list(String key) {
    if (isNull(key)) {
      problem(key, "is missing");
      return List.of();
    }
    if (!(object.get(key) instanceof ConfigList list)) {
      problem(key, "must be a list [ … ], not " + shown(key));
      return List.of();
    }
    if (list.isEmpty()) {
      problem(key, "is empty; give at least one");
    }
    return list;
  }

  private double real(String key, double standIn) {
    if (isNull(key)) {
      problem(key, "is missing");
      return standIn;
    }
    Optional<BigDecimal> number = asNumber(object.get(key));
    if (number.isEmpty()) {
      problem(key, "must be a number, not " + shown(key));
      return standIn;
    }
    return number.get().doubleValue();
  }

  private long number(String key, long standIn, long least, long most, String expected) {
    if (isNull(key)) {
      problem(key, "is missing");
      return standIn;
    }
    Optional<Long> whole = asWhole(object.get(key)).filter(n -> n >= least && n <= most);
    if (whole.isEmpty()) {
      problem(key, "must be %s, not %s".formatted(expected, shown(key)));
      return standIn;
    }
    return whole.get();
  }

  static Optional<Long> asWhole(ConfigValue value) {
    try {
      return asNumber(value).map(BigDecimal::longValueExact);
    } catch (ArithmeticException fractional) {
      return Optional.empty();
    }
  }

  private static Optional<BigDecimal> asNumber(ConfigValue value) {
    if (value.valueType() != ConfigValueType.NUMBER
        && value.valueType() != ConfigValueType.STRING) {
      return Optional.empty();
    }
    try {
      return Optional.of(new BigDecimal(value.unwrapped().toString()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  void problem(String key, String message) {
    boolean inherited = object.containsKey(key) && !own.containsKey(key);
    if (inherited) {
      return;
    }
    ConfigValue value = object.get(key);
    ConfigOrigin origin = value == null ? object.origin() : value.origin();
    problems.add(path(key), message, origin);
  }

  private String shown(String key) {
    return render(object.get(key));
  }

  private static String render(ConfigValue value) {
    return value.render(com.typesafe.config.ConfigRenderOptions.concise());
  }

  /** Notes every key, here and below, that no accessor was called for. */
  void rejectUnknownKeys() {
    for (String key : keys()) {
      if (!asked.contains(key)) {
        problem(key, "is not a setting; known here: " + String.join(", ", new TreeSet<>(asked)));
      }
    }
    children.forEach(Section::rejectUnknownKeys);
  }
}
