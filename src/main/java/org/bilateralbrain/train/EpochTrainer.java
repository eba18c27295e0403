package org.bilateralbrain.train;

import java.util.Map;
import org.bilateralbrain.nn.Head;

/** Trains one network, epoch by epoch: in this process, or over a cluster. */
public interface EpochTrainer {

  /**
   * What came of one epoch.
   *
   * @param meanLoss cross-entropy over the epoch's images, summed over heads, without the L2 term
   * @param images trained on
   * @param seconds of training
   */
  record Trained(double meanLoss, int images, double seconds) {}

  /**
   * Trains for one epoch. Everything random in it follows from the job's seed and the epoch, so
   * that it can be done without the ones before it.
   *
   * @param epoch from 0
   * @param validated accuracies after the epoch before, for whoever follows the training; empty if
   *     there are none
   * @throws PermanentFailureException if the loss is not finite
   */
  Trained train(int epoch, Map<Head, Double> validated);

  /** Accuracy on the validation part, for each head; empty if nothing is held out. */
  Map<Head, Double> validate();

  /** Accuracy on the test part, for each head. */
  Map<Head, Double> test();
}
