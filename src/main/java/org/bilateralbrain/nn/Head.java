package org.bilateralbrain.nn;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a classifier predicts: the fine classes or the coarse ones (superclasses). */
public enum Head {
  FINE,
  COARSE;

  /** In the order of the tables. */
  public static final List<Head> BOTH = List.of(FINE, COARSE);

  /** The name in lower case, as in configurations, tables and parameter names. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The same values keyed by label, fine before coarse, for packages that don't depend on this one.
   */
  public static <V> Map<String, V> byLabel(Map<Head, V> values) {
    Map<String, V> byLabel = new LinkedHashMap<>();
    new TreeMap<>(values).forEach((head, value) -> byLabel.put(head.label(), value));
    return byLabel;
  }
}
