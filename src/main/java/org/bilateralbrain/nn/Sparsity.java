package org.bilateralbrain.nn;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Which values a k-winners layer after each convolution lets through; the rest become zero. Two
 * steps:
 *
 * <ol>
 *   <li>in each map of each image the ceil(k height width) largest (signed, not absolute) values,
 *   <li>then in each channel over the whole batch the ceil(of-batch ceil(k height width) batch)
 *       largest.
 * </ol>
 *
 * <p>Of equal values the first wins, by row and column in step 1, by image, row and column in step
 * 2. The gradient flows through the values that were let through.
 *
 * @param k share of a map; 1 in both stands for no such layer
 * @param ofBatch share of these over the whole batch
 */
public record Sparsity(double k, double ofBatch, Testing testing) implements Serializable {

  /** What a prediction depends on. */
  public enum Testing {
    /** Step 1 alone: on its own image. */
    SAMPLE,
    /** Both steps: also on the other images of its batch, as in the reference implementation. */
    BATCH;

    public static Optional<Testing> named(String name) {
      return Arrays.stream(values())
          .filter(testing -> testing.name().toLowerCase(Locale.ROOT).equals(name))
          .findFirst();
    }
  }

  public static final Sparsity NONE = new Sparsity(1, 1, Testing.SAMPLE);

  public Sparsity {
    if (!(k > 0 && k <= 1 && ofBatch > 0 && ofBatch <= 1)) {
      throw new IllegalArgumentException(
          "Shares of winners must be greater than 0 and at most 1, got %s and %s"
              .formatted(k, ofBatch));
    }
  }

  public boolean none() {
    return k == 1 && ofBatch == 1;
  }

  @Override
  public String toString() {
    return none()
        ? "none"
        : "%s of a map, %s of a batch, %s"
            .formatted(k, ofBatch, testing.name().toLowerCase(Locale.ROOT));
  }
}
