package org.bilateralbrain.config;

import com.typesafe.config.ConfigValue;
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

  static final String VARY = "grid.vary";

  private static final Pattern UNFIT_FOR_NAMES = Pattern.compile("[^A-Za-z0-9._-]+");

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

  /** The values as they are written in tables, by setting. */
  Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    values.forEach((path, value) -> texts.put(path, text(value)));
    return texts;
  }

  static String inName(ConfigValue value) {
    return UNFIT_FOR_NAMES.matcher(text(value)).replaceAll("-");
  }

  /** 1e-3 and 0.001 are the same value. */
  private static String text(ConfigValue value) {
    return Section.asNumber(value)
        .map(number -> number.stripTrailingZeros().toPlainString())
        .orElseGet(() -> ConfigNode.render(value).replaceAll("[\"\\[\\]{}]", ""));
  }
}
