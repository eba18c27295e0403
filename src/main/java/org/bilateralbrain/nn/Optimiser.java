package org.bilateralbrain.nn;

import java.io.Serializable;

/**
 * How gradients change parameters. The formulas, their order of operations and their defaults are
 * PyTorch's, so that a published recipe can be taken over as it is.
 */
public sealed interface Optimiser extends Serializable {

  /** What a schedule that cycles momentum replaces. */
  double momentum();

  /**
   * Adam (Kingma and Ba, 2015, algorithm 1: epsilon is added to the root of the bias-corrected
   * second moment).
   *
   * @param decoupled whether weight decay shrinks the parameters directly (AdamW: Loshchilov and
   *     Hutter, arXiv:1711.05101) instead of being added to the gradient
   */
  record Adam(double beta1, double beta2, double epsilon, boolean decoupled) implements Optimiser {

    public static final double BETA1 = 0.9;
    public static final double BETA2 = 0.999;
    public static final double EPSILON = 1e-8;

    /** With PyTorch's defaults, as the paper trains its networks. */
    public static final Adam DEFAULT = new Adam(BETA1, BETA2, EPSILON, false);

    @Override
    public double momentum() {
      return beta1;
    }
  }

  /**
   * Stochastic gradient descent: {@code buffer = momentum * buffer + gradient}, and the learning
   * rate times the buffer is subtracted. The rate is not part of the buffer, unlike in the papers
   * that introduced momentum.
   *
   * @param nesterov whether {@code gradient + momentum * buffer} takes the place of the buffer
   */
  record Sgd(double momentum, boolean nesterov) implements Optimiser {}
}
