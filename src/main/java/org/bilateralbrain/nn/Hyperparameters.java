package org.bilateralbrain.nn;

import java.io.Serializable;

/**
 * Settings of the optimiser and of the heads' dropout.
 *
 * @param learningRate Adam's
 * @param weightDecay factor of the L2 term added to the gradient of every trained parameter, as in
 *     PyTorch's Adam
 * @param dropout probability with which a feature is dropped before a head, in [0, 1)
 */
public record Hyperparameters(double learningRate, double weightDecay, double dropout)
    implements Serializable {

  /** For networks that are not trained. */
  public static final Hyperparameters NONE = new Hyperparameters(1, 0, 0);
}
