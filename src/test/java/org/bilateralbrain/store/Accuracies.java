package org.bilateralbrain.store;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Metrics of heads of which a test needs only the accuracies. */
public final class Accuracies {

  private static final int IMAGES = 1000;

  private Accuracies() {}

  /** The first of a thousand images are correct. */
  public static Metrics.Accuracy of(@Nullable Double validation, double test) {
    BitSet correct = new BitSet();
    correct.set(0, (int) Math.round(test * IMAGES));
    return new Metrics.Accuracy(
        validation, test, 1, 1 - test, 0.1, CorrectImages.of(correct, IMAGES));
  }
}
