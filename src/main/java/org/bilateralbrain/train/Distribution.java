package org.bilateralbrain.train;

import org.bilateralbrain.grid.HemisphereJob;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Spreads the training of one network over a cluster. */
public interface Distribution {

  /**
   * @param network to be trained, which holds the averaged weights after every epoch
   */
  EpochTrainer over(HemisphereJob job, ComputationGraph network, ProgressListener listener);

  /** Where there is no cluster to spread it over. */
  static Distribution none() {
    return (job, network, listener) -> {
      throw new PermanentFailureException(
          "a training with parallelism = data can't be a task of a cluster, which it needs itself");
    };
  }
}
