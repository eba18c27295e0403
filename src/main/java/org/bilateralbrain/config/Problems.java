package org.bilateralbrain.config;

import com.typesafe.config.ConfigOrigin;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what is wrong with a configuration, so that the user sees everything at once. */
final class Problems {

  private final Set<String> found = new LinkedHashSet<>();

  void add(String path, String message, ConfigOrigin origin) {
    found.add("%s %s (%s)".formatted(path, message, place(origin)));
  }

  void throwIfAny() {
    if (!found.isEmpty()) {
      throw new InvalidConfigurationException(List.copyOf(found));
    }
  }

  private static String place(ConfigOrigin origin) {
    if (origin.filename() != null && origin.lineNumber() > 0) {
      return origin.filename() + ":" + origin.lineNumber();
    }
    return origin.description();
  }
}
