package org.bilateralbrain.nn;

import java.io.Serializable;
import org.bilateralbrain.nn.layers.KWinners;

/**
 * How many values a k-winners layer after each convolution lets through.
 *
 * @param k share of a map; 1 in both stands for no such layer
 * @param ofBatch share of these over the whole batch
 */
public record Sparsity(double k, double ofBatch, KWinners.Testing testing) implements Serializable {

  public static final Sparsity NONE = new Sparsity(1, 1, KWinners.Testing.SAMPLE);

  public boolean none() {
    return k == 1 && ofBatch == 1;
  }

  @Override
  public String toString() {
    return none()
        ? "none"
        : "%s of a map, %s of a batch, %s"
            .formatted(k, ofBatch, testing.name().toLowerCase(java.util.Locale.ROOT));
  }
}
