package org.bilateralbrain.config;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The macro-architectures, in the order in which the paper's tables list them. */
public enum Model {
  UNILATERAL_FINE("unilateral-fine"),
  UNILATERAL_COARSE("unilateral-coarse"),
  BILATERAL_SPECIALISED("bilateral-specialised");

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
