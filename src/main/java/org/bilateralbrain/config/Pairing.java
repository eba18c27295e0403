package org.bilateralbrain.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Which left hemispheres are joined with which right ones. */
public enum Pairing {
  /** Those of the same seed. */
  ZIP,
  /** Every left one with every right one. */
  CROSS;

  static Optional<Pairing> named(String name) {
    return Arrays.stream(values())
        .filter(p -> p.name().toLowerCase(Locale.ROOT).equals(name))
        .findFirst();
  }
}
