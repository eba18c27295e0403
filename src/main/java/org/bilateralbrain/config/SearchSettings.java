package org.bilateralbrain.config;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code grid.search}: which of the values in {@code grid.sweep} are tried.
 *
 * @param trials number of trials; empty for every combination
 * @param seed of the draws
 */
record SearchSettings(Sampler sampler, OptionalInt trials, long seed) {

  /** How values are chosen. */
  enum Sampler {
    /** Combinations of the listed values. */
    GRID,
    /** Independent draws of each setting. */
    RANDOM;

    private static Optional<Sampler> named(String name) {
      return switch (name) {
        case "grid" -> Optional.of(GRID);
        case "random" -> Optional.of(RANDOM);
        default -> Optional.empty();
      };
    }
  }

  /**
   * @param isSwept whether {@code grid.sweep} names any setting
   */
  static SearchSettings read(Section section, boolean isSwept) {
    SearchSettings settings =
        new SearchSettings(
            section.named("sampler", Sampler::named, "grid, random").orElse(Sampler.GRID),
            section.isNull("trials")
                ? OptionalInt.empty()
                : OptionalInt.of(section.integer("trials", 1)),
            section.seed("seed"));
    settings.requireUse(section, isSwept);
    return settings;
  }

  private void requireUse(Section section, boolean isSwept) {
    if (isSwept && sampler == Sampler.RANDOM && section.isNull("trials")) {
      section.problem("trials", "is missing: sampler = random needs the number of trials");
    }
    String useless =
        "is set, but grid.sweep names no setting to search over; name one, or leave it out";
    if (!isSwept && trials.isPresent()) {
      section.problem("trials", useless);
    }
    if (!isSwept && sampler == Sampler.RANDOM) {
      section.problem("sampler", useless);
    }
  }
}
