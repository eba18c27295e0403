package org.bilateralbrain.train;

import org.bilateralbrain.grid.HemisphereJob;
import org.bilateralbrain.nn.Engine;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.train.Training.ProgressListener;

/** What one attempt at a job needs. */
public record JobContext(
    Engine engine,
    JobData data,
    StoredNetworks networks,
    TrainingCheckpoints checkpoints,
    ProgressListener listener,
    Distribution distribution) {

  /** Distributes the training of one network over a cluster. */
  public interface Distribution {

    /**
     * @param network the network to train; holds the averaged weights after every epoch
     */
    Training.EpochTrainer over(HemisphereJob job, Network network, ProgressListener listener);

    /** For processes without a cluster: refuses distributed jobs. */
    static Distribution none() {
      return (job, network, listener) -> {
        throw new PermanentFailureException(
            "a training with parallelism = data needs a cluster and can't run inside one of its tasks");
      };
    }
  }

  /** Creates a trained network, for evaluation only. */
  Network trained(StoredNetworks.Stored stored) {
    return engine.create(stored.architecture(), Hyperparameters.NONE, stored.weights());
  }
}
