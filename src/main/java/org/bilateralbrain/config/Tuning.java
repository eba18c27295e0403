package org.bilateralbrain.config;

import java.util.Map;

/**
 * The trials of a sweep over settings, by the names of their variants; none if nothing is swept.
 *
 * @param prunes whether trainings that fall behind those of other trials are stopped
 * @param pruneAfter number of epochs before which none is
 */
public record Tuning(boolean prunes, int pruneAfter, Map<String, Trial> trials) {

  /**
   * One combination of swept values, in one of the named variants.
   *
   * @param variant the variant's own name, without the values
   * @param values as text by the path of the setting, in the order of the configuration
   */
  public record Trial(String variant, Map<String, String> values) {}
}
