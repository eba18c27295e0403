package org.bilateralbrain.nn;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The number format of convolutions and matrix products. Weights, the optimiser, the statistics of
 * batch norm and the loss are float32 in all of them.
 */
public enum Precision {
  FLOAT32,
  /** Float32 whose products are rounded to ten bits of mantissa, on tensor cores of GPUs. */
  TF32,
  /** Bfloat16: the range of float32 with seven bits of mantissa. */
  BF16;

  /** The name in configurations. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Precision> named(String label) {
    return Arrays.stream(values()).filter(precision -> precision.label().equals(label)).findFirst();
  }

  /** Names, separated by commas, for messages. */
  public static String labels(Collection<Precision> precisions) {
    return precisions.stream().sorted().map(Precision::label).collect(Collectors.joining(", "));
  }
}
