package org.bilateralbrain.config;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The macro-architectures, in the order of the tables. */
public enum Model {
  /** One hemisphere with a head for fine labels. */
  UNILATERAL_FINE("unilateral-fine"),
  /** One hemisphere with a head for coarse labels. */
  UNILATERAL_COARSE("unilateral-coarse"),
  /** One hemisphere with both heads. */
  UNILATERAL_BOTH("unilateral-both"),
  /**
   * Two hemispheres, each trained on the labels of its side, with both heads on their concatenated
   * features.
   */
  BILATERAL_SPECIALISED("bilateral-specialised"),
  /** Two hemispheres with both heads, trained together from scratch. */
  BILATERAL_UNSPECIALISED("bilateral-unspecialised"),
  /** Control: two left hemispheres of different seeds. */
  BILATERAL_FINE_FINE("bilateral-fine-fine"),
  /** Control: two right hemispheres of different seeds. */
  BILATERAL_COARSE_COARSE("bilateral-coarse-coarse"),
  /** Several unilateral networks with both heads, their logits averaged. */
  ENSEMBLE("ensemble");

  private final String label;

  Model(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }

  static Optional<Model> named(String label) {
    return Arrays.stream(values()).filter(m -> m.label.equals(label)).findFirst();
  }

  static String labels() {
    return Arrays.stream(values()).map(Model::label).collect(Collectors.joining(", "));
  }
}
