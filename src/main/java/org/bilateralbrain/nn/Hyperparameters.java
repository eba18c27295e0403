package org.bilateralbrain.nn;

import java.io.Serializable;

/**
 * How a network learns.
 *
 * @param learningRate Adam's
 * @param weightDecay factor of the L2 term that is added to the gradient of every trained parameter
 * @param dropout share of the features that is dropped before a head, in [0, 1)
 */
public record Hyperparameters(double learningRate, double weightDecay, double dropout)
    implements Serializable {

  /** For networks that are not trained. */
  public static final Hyperparameters NONE = new Hyperparameters(1, 0, 0);
}
