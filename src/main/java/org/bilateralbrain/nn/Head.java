package org.bilateralbrain.nn;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a classifier tells apart: the fine classes or the coarse ones (superclasses). */
public enum Head {
  FINE,
  COARSE;

  /** Lower case, as in configurations, tables and the names of a network's outputs. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The same values by label, for records that don't know heads; in the order of heads. */
  public static <V> Map<String, V> byLabel(Map<Head, V> values) {
    Map<String, V> byLabel = new LinkedHashMap<>();
    new TreeMap<>(values).forEach((head, value) -> byLabel.put(head.label(), value));
    return byLabel;
  }
}
