package org.bilateralbrain.config;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code grid.search}: which of the values in {@code grid.sweep} are tried, and whether trainings
 * that fall behind are stopped.
 *
 * @param trials number of trials; empty for every combination
 * @param seed of the draws
 * @param prune which trainings are stopped early
 * @param pruneAfter number of epochs before which none is
 */
record SearchSettings(Sampler sampler, OptionalInt trials, long seed, Prune prune, int pruneAfter) {

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

  /** Which trainings are stopped early. */
  enum Prune {
    NONE,
    /** Those below the median of their peers. */
    MEDIAN;

    private static Optional<Prune> named(String name) {
      return switch (name) {
        case "none" -> Optional.of(NONE);
        case "median" -> Optional.of(MEDIAN);
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
            section.seed("seed"),
            section.named("prune", Prune::named, "median, none").orElse(Prune.NONE),
            section.integer("prune-after", 1));
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
    if (!isSwept && prune == Prune.MEDIAN) {
      section.problem("prune", useless);
    }
  }
}
