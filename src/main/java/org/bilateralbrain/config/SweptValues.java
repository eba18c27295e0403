package org.bilateralbrain.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** The values that one setting of {@code grid.sweep} may take. */
sealed interface SweptValues {

  /** One of them, each with the same probability. */
  ConfigValue draw(RandomGenerator random);

  /** Values that were listed; all different, and at least one. */
  record Listed(List<ConfigValue> values) implements SweptValues {

    @Override
    public ConfigValue draw(RandomGenerator random) {
      return values.get(random.nextInt(values.size()));
    }
  }

  /**
   * All numbers from one to another, including both.
   *
   * @param isLog whether numbers are drawn uniformly on a logarithmic scale
   * @param isWhole whether only whole numbers are drawn
   * @param origin its place in the file
   */
  record Range(BigDecimal from, BigDecimal to, boolean isLog, boolean isWhole, ConfigOrigin origin)
      implements SweptValues {

    /** So that the names of variants stay readable. */
    private static final int DIGITS = 3;

    /** How many different values there are at least, if they are rounded. */
    private static final int STEPS = 50;

    @Override
    public ConfigValue draw(RandomGenerator random) {
      double drawn = at(random.nextDouble());
      BigDecimal exact = BigDecimal.valueOf(isWhole ? Math.floor(drawn) : drawn);
      BigDecimal rounded = exact.round(new MathContext(digits(exact)));
      return value(rounded.max(from).min(to)); // rounding may leave the range
    }

    /** More than usual where so few would hardly tell the ends of the range apart. */
    private int digits(BigDecimal drawn) {
      BigDecimal largestStep =
          to.subtract(from).abs().divide(BigDecimal.valueOf(STEPS), MathContext.DECIMAL64);
      int digits = DIGITS;
      while (drawn.round(new MathContext(digits)).ulp().compareTo(largestStep) > 0
          && digits < MathContext.DECIMAL64.getPrecision()) {
        digits++;
      }
      return digits;
    }

    /**
     * @param share of the way from one end to the other, in [0, 1). Whole numbers are those below,
     *     so that each, also the last, is as probable as it should be.
     */
    private double at(double share) {
      double low = from.doubleValue();
      double high = to.doubleValue() + (isWhole ? 1 : 0);
      return isLog ? low * Math.pow(high / low, share) : low + share * (high - low);
    }

    /** Its two ends. */
    List<ConfigValue> ends() {
      return List.of(value(from), value(to));
    }

    private ConfigValue value(BigDecimal number) {
      boolean isInteger = number.stripTrailingZeros().scale() <= 0;
      return (isInteger
              ? ConfigValueFactory.fromAnyRef(number.longValue())
              : ConfigValueFactory.fromAnyRef(number.doubleValue()))
          .withOrigin(origin);
    }
  }

  /** Reads the values of settings, reporting mistakes. */
  record Reader(Section sweep) {

    private static final String FROM = "from";
    private static final String TO = "to";
    private static final String SCALE = "scale";
    private static final Set<String> KEYS = new TreeSet<>(Set.of(FROM, TO, SCALE));

    /** Whether an object is a range, and not a part of a path; no setting has such a name. */
    static boolean isRange(ConfigObject object) {
      return object.isEmpty() || KEYS.stream().anyMatch(object::containsKey);
    }

    /**
     * @param isWhole whether the setting is a whole number
     * @return empty if there are mistakes
     */
    Optional<SweptValues> read(String path, ConfigValue given, boolean isWhole) {
      if (given instanceof ConfigObject range) {
        return range(path, range, isWhole);
      }
      if (given instanceof ConfigList list && !list.isEmpty()) {
        return Optional.of(new Listed(distinct(path, list)));
      }
      problem(path, "must be a list of values, not " + ConfigNode.render(given), given);
      return Optional.empty();
    }

    /** Values of one name would make two variants of one name. */
    private List<ConfigValue> distinct(String path, ConfigList values) {
      Map<String, ConfigValue> byName = new LinkedHashMap<>();
      for (ConfigValue value : values) {
        if (byName.putIfAbsent(SweepPoint.inName(value), value) != null) {
          problem(path, "contains %s twice".formatted(ConfigNode.render(value)), value);
        }
      }
      return List.copyOf(byName.values());
    }

    private Optional<SweptValues> range(String path, ConfigObject range, boolean isWhole) {
      range.keySet().stream()
          .filter(key -> !KEYS.contains(key))
          .forEach(
              key ->
                  problem(
                      path + "." + key,
                      "is not known of a range; expected one of: " + String.join(", ", KEYS),
                      range));
      Optional<Boolean> isLog = isLog(path, range);
      Optional<BigDecimal> from = number(path, range, FROM);
      Optional<BigDecimal> to = number(path, range, TO);
      if (from.isEmpty() || to.isEmpty() || isLog.isEmpty()) {
        return Optional.empty();
      }
      return range(
          path, new Range(from.get(), to.get(), isLog.get(), isWhole, range.origin()), range);
    }

    private Optional<SweptValues> range(String path, Range range, ConfigObject given) {
      if (range.from.compareTo(range.to) >= 0) {
        problem(
            path,
            "is an empty range from %s to %s: from must be less than to"
                .formatted(range.from, range.to),
            given);
        return Optional.empty();
      }
      if (range.isLog && range.from.signum() <= 0) {
        problem(
            path + "." + FROM, "must be greater than 0 with scale = log, not " + range.from, given);
        return Optional.empty();
      }
      return Optional.of(range);
    }

    private Optional<Boolean> isLog(String path, ConfigObject range) {
      ConfigValue scale = range.get(SCALE);
      String word = scale == null ? "linear" : Section.asText(scale);
      if (!Set.of("log", "linear").contains(word)) {
        problem(
            path + "." + SCALE, "is '%s', but must be one of: log, linear".formatted(word), range);
        return Optional.empty();
      }
      return Optional.of(word.equals("log"));
    }

    private Optional<BigDecimal> number(String path, ConfigObject range, String key) {
      ConfigValue value = range.get(key);
      Optional<BigDecimal> number =
          value == null
              ? Optional.empty()
              : Section.asNumber(value).filter(each -> Double.isFinite(each.doubleValue()));
      if (number.isEmpty()) {
        problem(
            path + "." + key,
            value == null
                ? "is missing: a range has a from and a to"
                : "must be a number, not " + ConfigNode.render(value),
            range);
      }
      return number;
    }

    private void problem(String path, String message, ConfigValue place) {
      sweep.report(sweep.path(path), message, place.origin());
    }
  }
}
