package org.bilateralbrain.config;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
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
  /** The same, trained for as long and in the same way as the specialised network in total. */
  BILATERAL_UNSPECIALISED_MATCHED("bilateral-unspecialised-matched"),
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

  /** What tables call ensembles of so many networks. */
  public static String ensembleOf(int size) {
    return "%s-%s".formatted(ENSEMBLE.label, size);
  }

  /**
   * The order in which tables list models by the names that they call them; ensembles, which have
   * their size in their names, come last.
   */
  public static Comparator<String> tableOrder() {
    List<String> labels = Arrays.stream(values()).map(Model::label).toList();
    return Comparator.comparingInt(
        name -> labels.contains(name) ? labels.indexOf(name) : labels.size());
  }

  static Optional<Model> named(String label) {
    return Arrays.stream(values()).filter(m -> m.label.equals(label)).findFirst();
  }

  static String labels() {
    return Arrays.stream(values()).map(Model::label).collect(Collectors.joining(", "));
  }
}
