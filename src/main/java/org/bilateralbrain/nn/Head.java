package org.bilateralbrain.nn;

import java.util.Locale;

/** What a classifier tells apart: the fine classes or the coarse ones (superclasses). */
public enum Head {
  FINE,
  COARSE;

  /** Lower case, as in configurations, tables and the names of a network's outputs. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
