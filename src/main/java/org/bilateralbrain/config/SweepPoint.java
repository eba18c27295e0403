package org.bilateralbrain.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One combination of the values in {@code grid.sweep}.
 *
 * @param values by the path of the setting, such as {@code heads.learning-rate}
 */
record SweepPoint(Map<String, ConfigValue> values) {

  private static final String VARY = "grid.vary";
  private static final Pattern UNFIT_FOR_NAMES = Pattern.compile("[^A-Za-z0-9._-]+");

  /**
   * Every combination; one without values if nothing is swept. Settings that don't exist are
   * reported.
   */
  static List<SweepPoint> all(Section sweep, Section hemisphere, Section bothHeads, Section heads) {
    Map<String, Section> sections =
        Map.of(
            "hemisphere", hemisphere,
            "left", hemisphere,
            "right", hemisphere,
            "both-heads", bothHeads,
            "heads", heads);
    List<SweepPoint> points = List.of(new SweepPoint(Map.of()));
    for (Map.Entry<String, ConfigValue> setting : sweep.leaves().entrySet()) {
      String path = String.join(".", ConfigUtil.splitPath(setting.getKey()));
      points = times(points, path, valuesOf(sweep, path, setting.getValue(), sections));
    }
    return points;
  }

  private static List<ConfigValue> valuesOf(
      Section sweep, String path, ConfigValue given, Map<String, Section> sections) {
    int dot = path.indexOf('.');
    Section section = sections.get(path.substring(0, Math.max(0, dot)));
    boolean isKnown =
        path.equals(VARY) || (section != null && section.has(ConfigUtil.splitPath(path).get(1)));
    if (!isKnown) {
      sweep.report(
          sweep.path(path),
          "is not a setting that can be swept; expected %s or a setting of: hemisphere, left, right, both-heads, heads"
              .formatted(VARY),
          given.origin());
    } else if (!(given instanceof ConfigList list) || list.isEmpty()) {
      sweep.report(
          sweep.path(path),
          "must be a list of values, not " + ConfigNode.render(given),
          given.origin());
    } else {
      return distinct(sweep, path, list);
    }
    return List.of();
  }

  /** Values of one name would make two variants of one name. */
  private static List<ConfigValue> distinct(Section sweep, String path, ConfigList values) {
    Map<String, ConfigValue> byName = new LinkedHashMap<>();
    for (ConfigValue value : values) {
      if (byName.putIfAbsent(inName(value), value) != null) {
        sweep.report(
            sweep.path(path),
            "contains %s twice".formatted(ConfigNode.render(value)),
            value.origin());
      }
    }
    return List.copyOf(byName.values());
  }

  private static List<SweepPoint> times(
      List<SweepPoint> points, String path, List<ConfigValue> values) {
    if (values.isEmpty()) {
      return points; // its problem has been reported
    }
    List<SweepPoint> product = new ArrayList<>();
    for (SweepPoint point : points) {
      for (ConfigValue value : values) {
        Map<String, ConfigValue> more = new LinkedHashMap<>(point.values);
        more.put(path, value);
        product.add(new SweepPoint(more));
      }
    }
    return product;
  }

  /** A section with the values swept for it. */
  Section applied(String name, Section section) {
    return section.with(below(name));
  }

  /** A variant's own settings with the values swept for them, which take precedence. */
  Section appliedToVariant(Section variant) {
    Map<String, ConfigValue> own = new LinkedHashMap<>();
    for (String part : List.of("left", "right", "both-heads", "heads")) {
      below(part).forEach((key, value) -> own.put(part + "." + key, value));
    }
    if (values.containsKey(VARY)) {
      own.put("vary", values.get(VARY));
    }
    return variant.with(own);
  }

  private Map<String, ConfigValue> below(String name) {
    return values.entrySet().stream()
        .filter(setting -> setting.getKey().startsWith(name + "."))
        .collect(
            Collectors.toMap(
                setting -> setting.getKey().substring(name.length() + 1), Map.Entry::getValue));
  }

  /** The name of a variant with these values, which are part of it. */
  String name(String variant) {
    if (values.isEmpty()) {
      return variant;
    }
    String settings =
        values.entrySet().stream()
            .map(setting -> setting.getKey() + "-" + inName(setting.getValue()))
            .collect(Collectors.joining("_"));
    return variant.equals(Variant.SYMMETRIC) ? settings : variant + "_" + settings;
  }

  /** 1e-3 and 0.001 are the same value. */
  private static String inName(ConfigValue value) {
    String text =
        Section.asNumber(value)
            .map(number -> number.stripTrailingZeros().toPlainString())
            .orElseGet(() -> ConfigNode.render(value).replaceAll("[\"\\[\\]{}]", ""));
    return UNFIT_FOR_NAMES.matcher(text).replaceAll("-");
  }
}
