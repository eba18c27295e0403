package org.bilateralbrain.nn;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Which values the k-winners layer after each convolution keeps; the rest become zero. There are
 * two steps:
 *
 * <ol>
 *   <li>keep the ceil(k height width) largest values (signed, not absolute) of each map of each
 *       image,
 *   <li>of these, keep the ceil(of-batch ceil(k height width) batch) largest of each channel over
 *       the whole batch.
 * </ol>
 *
 * <p>Ties go to the first value, by row and column in step 1, by image, row and column in step 2.
 * Gradients flow through the kept values only.
 *
 * @param k share of a map's values, in (0, 1]
 * @param ofBatch share of these over the whole batch, in (0, 1]; if both shares are 1, there is no
 *     such layer
 * @param testing which steps apply in evaluation mode
 */
public record Sparsity(double k, double ofBatch, Testing testing) implements Serializable {

  /** Which steps apply in evaluation mode, hence what a prediction depends on. */
  public enum Testing {
    /** Step 1 alone: a prediction depends on its own image. */
    SAMPLE,
    /**
     * Both steps, as in the reference implementation: it also depends on the other images of its
     * batch.
     */
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

  /** Whether there is no k-winners layer. */
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
