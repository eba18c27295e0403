package org.bilateralbrain.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bilateralbrain.nn.Head;

/** The macro-architectures, in the order in which the paper's tables list them. */
public enum Model {
  UNILATERAL_FINE("unilateral-fine", Head.FINE),
  UNILATERAL_COARSE("unilateral-coarse", Head.COARSE),
  BILATERAL_SPECIALISED("bilateral-specialised", Head.FINE, Head.COARSE);

  private final String label;
  private final List<Head> heads;

  Model(String label, Head... heads) {
    this.label = label;
    this.heads = List.of(heads);
  }

  public String label() {
    return label;
  }

  public List<Head> heads() {
    return heads;
  }

  static Optional<Model> named(String label) {
    return Arrays.stream(values()).filter(m -> m.label.equals(label)).findFirst();
  }

  static String labels() {
    return Arrays.stream(values()).map(Model::label).collect(Collectors.joining(", "));
  }
}
