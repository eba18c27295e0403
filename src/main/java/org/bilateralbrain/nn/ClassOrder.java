package org.bilateralbrain.nn;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Which class each row of a single head belongs to, in a file that holds its weights. */
public enum ClassOrder {
  /** Row r belongs to class r. */
  NUMERIC,

  /**
   * Row r belongs to the class whose number is r-th in text order: 0, 1, 10, 11, …, 19, 2, 20, ….
   * The reference implementation trains single heads on torchvision's {@code DatasetFolder}, which
   * sorts the classes' folders by name.
   */
  REFERENCE;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<ClassOrder> named(String label) {
    return Arrays.stream(values()).filter(order -> order.label().equals(label)).findFirst();
  }

  /** All names, separated by commas, for messages. */
  public static String labels() {
    return Arrays.stream(values()).map(ClassOrder::label).collect(Collectors.joining(", "));
  }

  /**
   * Weights whose heads have their rows in this order, with the rows in the order of the classes'
   * numbers.
   */
  public Weights numeric(Architecture architecture, Weights weights) {
    if (this == NUMERIC) {
      return weights;
    }
    return rearranged(architecture, weights, ClassOrder::textOrder);
  }

  /**
   * @param order gives, for a number of classes, where each row goes
   */
  private static Weights rearranged(
      Architecture architecture, Weights weights, IntFunction<int[]> order) {
    Map<String, Weights.Tensor> heads = new LinkedHashMap<>();
    architecture
        .classes()
        .forEach(
            (head, classes) -> {
              for (Parameter parameter : architecture.head(head).parameters()) {
                heads.put(
                    parameter.name(), moved(weights.get(parameter.name()), order.apply(classes)));
              }
            });
    return weights.with(new Weights(heads));
  }

  /** The opposite: weights whose heads have their rows in this order. */
  public Weights ofNumeric(Architecture architecture, Weights numeric) {
    if (this == NUMERIC) {
      return numeric;
    }
    return rearranged(
        architecture,
        numeric,
        classes -> {
          int[] order = textOrder(classes);
          int[] inverse = new int[classes];
          for (int row = 0; row < classes; row++) {
            inverse[order[row]] = row;
          }
          return inverse;
        });
  }

  /** The classes' numbers, sorted as text. */
  static int[] textOrder(int classes) {
    return IntStream.range(0, classes)
        .boxed()
        .sorted(Comparator.comparing(String::valueOf))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static Weights.Tensor moved(Weights.Tensor tensor, int[] target) {
    float[] values = new float[tensor.values().length];
    int columns = values.length / target.length;
    for (int row = 0; row < target.length; row++) {
      System.arraycopy(tensor.values(), row * columns, values, target[row] * columns, columns);
    }
    return new Weights.Tensor(tensor.shape(), values);
  }
}
