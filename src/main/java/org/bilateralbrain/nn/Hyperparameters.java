package org.bilateralbrain.nn;

import java.io.Serializable;

/**
 * What an engine minimises and how it steps, but for the rates, which a {@link Schedule} sets.
 *
 * @param weightDecay factor of the L2 term added to the gradient, or, with decoupled weight decay,
 *     share of each parameter that is subtracted per unit of the learning rate
 * @param decaysNormAndBias whether weight decay also affects biases and the scale and shift of
 *     batch norms, as by default in PyTorch
 * @param clipNorm the whole gradient, without weight decay, is scaled down to this L2 norm, as by
 *     {@code torch.nn.utils.clip_grad_norm_}; infinite for no limit
 * @param labelSmoothing share of each label that is spread evenly over all classes, in [0, 1)
 * @param averageDecay weight of the old value in the moving average of the parameters, which takes
 *     their place in evaluations ({@code torch.optim.swa_utils.AveragedModel}); 0 for no average
 * @param dropout probability with which a feature is dropped before a head, in [0, 1)
 */
public record Hyperparameters(
    Optimiser optimiser,
    double weightDecay,
    boolean decaysNormAndBias,
    double clipNorm,
    double labelSmoothing,
    double averageDecay,
    double dropout)
    implements Serializable {

  /** For networks that are not trained. */
  public static final Hyperparameters NONE = adam(0, 0);

  /** Adam with PyTorch's defaults, as the paper trains its networks. */
  public static Hyperparameters adam(double weightDecay, double dropout) {
    return new Hyperparameters(
        Optimiser.Adam.DEFAULT, weightDecay, true, Double.POSITIVE_INFINITY, 0, 0, dropout);
  }

  public boolean averages() {
    return averageDecay > 0;
  }

  public boolean clips() {
    return Double.isFinite(clipNorm);
  }

  /** The weight decay of a parameter that is trained. */
  public double weightDecayOf(Parameter parameter) {
    return decaysNormAndBias || !parameter.kind().isNormOrBias() ? weightDecay : 0;
  }
}
