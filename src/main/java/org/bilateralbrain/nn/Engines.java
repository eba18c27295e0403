package org.bilateralbrain.nn;

import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The engines on the class path. */
public final class Engines {

  private static final List<Engine> ALL =
      ServiceLoader.load(Engine.class, Engines.class.getClassLoader()).stream()
          .map(ServiceLoader.Provider::get)
          .toList();

  private Engines() {}

  public static Optional<Engine> find(String name) {
    return ALL.stream().filter(engine -> engine.name().equals(name)).findFirst();
  }

  /**
   * @throws IllegalArgumentException if there is no engine of that name
   */
  public static Engine named(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Unknown engine '%s'; available: %s".formatted(name, names())));
  }

  /** All names, separated by commas, for messages. */
  public static String names() {
    return ALL.stream().map(Engine::name).collect(Collectors.joining(", "));
  }
}
