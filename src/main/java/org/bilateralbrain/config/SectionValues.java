package org.bilateralbrain.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoublePredicate;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The values of one object of a configuration, read one by one. If a value is missing or invalid,
 * its accessor records a problem and returns a harmless placeholder, so that one run reports every
 * mistake in the file.
 */
abstract class SectionValues extends ConfigNode {

  private static final Pattern FOLDER_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  SectionValues(
      String path,
      ConfigObject own,
      ConfigObject defaults,
      Set<String> problems,
      Set<String> wholeNumbers) {
    super(path, own, defaults, problems, wholeNumbers);
  }

  final String text(String key) {
    if (isNull(key)) {
      problem(key, "is missing");
      return "";
    }
    if (value(key).valueType() == ConfigValueType.LIST
        || value(key).valueType() == ConfigValueType.OBJECT) {
      problem(key, "must be a string, not " + shown(key));
      return "";
    }
    return value(key).atKey(key).getString(key); // as written: 1.10 stays 1.10
  }

  /** One of a set of names. */
  final <T> Optional<T> named(String key, Function<String, Optional<T>> lookup, String names) {
    String name = text(key);
    Optional<T> value = lookup.apply(name);
    if (value.isEmpty() && !isNull(key)) {
      problem(key, "is '%s', but must be one of: %s".formatted(name, names));
    }
    return value;
  }

  /** A name that is also used in paths and tables. */
  final String folderName(String key, String name) {
    if (!FOLDER_NAME.matcher(name).matches()) {
      problem(
          key,
          "is '%s', but must be a valid folder name of letters, digits, . _ and -".formatted(name));
    }
    return name;
  }

  final int integer(String key, int min) {
    return (int) integer(key, min, Integer.MAX_VALUE, "an integer of at least " + min);
  }

  /** An integer, or the one word that stands for a special one. */
  final int integerOrWord(String key, int min, String word, int meaning) {
    if (!isNull(key) && word.equals(value(key).unwrapped())) {
      return meaning;
    }
    return (int)
        integer(
            key, min, Integer.MAX_VALUE, "an integer of at least %s, or %s".formatted(min, word));
  }

  final long seed(String key) {
    return integer(key, 0, Long.MAX_VALUE, "an integer of at least 0");
  }

  final int integer(String key, int min, int max) {
    return (int) integer(key, min, max, "an integer from %s to %s".formatted(min, max));
  }

  private long integer(String key, long min, long max, String expected) {
    wholeNumbers.add(path(key));
    if (isNull(key)) {
      problem(key, "is missing");
      return min;
    }
    Optional<Long> value = asInteger(value(key)).filter(n -> n >= min && n <= max);
    if (value.isEmpty()) {
      problem(key, "must be %s, not %s".formatted(expected, shown(key)));
    }
    return value.orElse(min);
  }

  final double positive(String key) {
    return real(key, 1, value -> value > 0, "greater than 0");
  }

  final double atLeastZero(String key) {
    return real(key, 0, value -> value >= 0, "at least 0");
  }

  /** A fraction in [0, 1). */
  final double fractionBelowOne(String key) {
    return real(key, 0, value -> value >= 0 && value < 1, "at least 0 and less than 1");
  }

  /** A fraction in (0, 1). */
  final double openFraction(String key) {
    return real(key, 0.5, value -> value > 0 && value < 1, "greater than 0 and less than 1");
  }

  /** A fraction in (0, 1]. */
  final double share(String key) {
    return real(key, 1, value -> value > 0 && value <= 1, "greater than 0 and at most 1");
  }

  private double real(String key, double placeholder, DoublePredicate allowed, String expected) {
    if (isNull(key)) {
      problem(key, "is missing");
      return placeholder;
    }
    Optional<BigDecimal> number = asNumber(value(key));
    if (number.isEmpty()) {
      problem(key, "must be a number, not " + shown(key));
      return placeholder;
    }
    double value = number.get().doubleValue();
    if (Double.isInfinite(value) || !allowed.test(value)) {
      problem(key, "must be %s, not %s".formatted(expected, shown(key)));
      return placeholder;
    }
    return value;
  }

  /** A duration with its unit, greater than 0. */
  final Duration duration(String key, String expected) {
    if (isNull(key)) {
      problem(key, "is missing; give " + expected);
      return Duration.ofHours(1);
    }
    try {
      ConfigValue value = value(key);
      Duration duration = value.atKey(key).getDuration(key);
      if (asNumber(value).isEmpty()
          && duration.toMillis() > 0) { // a number without a unit would be milliseconds
        return duration;
      }
    } catch (ConfigException e) {
      // reported below
    }
    problem(key, "must be %s, not %s".formatted(expected, shown(key)));
    return Duration.ofHours(1);
  }

  final boolean yesOrNo(String key) {
    if (isNull(key)) {
      problem(key, "is missing");
      return false;
    }
    if (value(key).unwrapped() instanceof Boolean value) {
      return value;
    }
    problem(key, "must be true or false, not " + shown(key));
    return false;
  }

  /** A list without repetitions and with at least one element. */
  final <T> List<T> distinct(
      String key, Function<ConfigValue, Optional<T>> element, String expected) {
    List<ConfigValue> list = list(key);
    if (list.isEmpty() && !isNull(key) && value(key) instanceof ConfigList) {
      problem(key, "is empty; give at least one value");
    }
    return distinct(key, list, element, expected);
  }

  /** A list without repetitions that may be empty. */
  final <T> List<T> distinctOrNone(
      String key, Function<ConfigValue, Optional<T>> element, String expected) {
    return distinct(key, list(key), element, expected);
  }

  private <T> List<T> distinct(
      String key,
      List<ConfigValue> list,
      Function<ConfigValue, Optional<T>> element,
      String expected) {
    List<T> values = new ArrayList<>();
    for (ConfigValue value : list) {
      Optional<T> parsed = element.apply(value);
      if (parsed.isEmpty()) {
        report(
            path(key),
            "contains %s; expected %s".formatted(render(value), expected),
            value.origin());
      } else if (values.contains(parsed.get())) {
        report(path(key), "contains %s twice".formatted(render(value)), value.origin());
      } else {
        values.add(parsed.get());
      }
    }
    return values;
  }

  /** A list of exactly this many real numbers. */
  final List<Double> reals(String key, int count) {
    List<Double> values = new ArrayList<>();
    for (ConfigValue value : list(key)) {
      asNumber(value).ifPresent(number -> values.add(number.doubleValue()));
    }
    if (values.size() != count) {
      if (!isNull(key)) {
        problem(key, "must contain %s numbers, not %s".formatted(count, shown(key)));
      }
      return Collections.nCopies(count, 1.0);
    }
    return values;
  }

  /** A list of exactly this many fractions in [0, 1). */
  final List<Double> fractionsBelowOne(String key, int count) {
    List<ConfigValue> list = list(key);
    List<Double> values =
        list.stream()
            .flatMap(value -> asNumber(value).stream())
            .map(BigDecimal::doubleValue)
            .filter(value -> value >= 0 && value < 1)
            .toList();
    if (values.size() == count && list.size() == count) {
      return values;
    }
    problem(
        key,
        "must contain %s numbers of at least 0 and less than 1, not %s"
            .formatted(count, shown(key)));
    return Collections.nCopies(count, 0.5);
  }

  final List<ConfigValue> list(String key) {
    if (isNull(key)) {
      problem(key, "is missing");
      return List.of();
    }
    if (!(value(key) instanceof ConfigList list)) {
      problem(key, "must be a list [ … ], not " + shown(key));
      return List.of();
    }
    return list;
  }

  static String asText(ConfigValue value) {
    return Optional.ofNullable(value.unwrapped()).map(Object::toString).orElse("");
  }

  static Optional<Long> asInteger(ConfigValue value) {
    try {
      return asNumber(value).map(BigDecimal::longValueExact);
    } catch (ArithmeticException fractional) {
      return Optional.empty();
    }
  }

  static Optional<BigDecimal> asNumber(ConfigValue value) {
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
}
