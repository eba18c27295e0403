package org.bilateralbrain.train;

import org.bilateralbrain.grid.HemisphereJob;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Engine;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.train.Training.ProgressListener;

/** What one attempt at a job works with. */
public record JobContext(
    Engine engine,
    JobData data,
    StoredNetworks networks,
    TrainingCheckpoints checkpoints,
    ProgressListener listener,
    Distribution distribution) {

  /** Spreads the training of one network over a cluster. */
  public interface Distribution {

    /**
     * @param network to be trained, which holds the averaged weights after every epoch
     */
    Training.EpochTrainer over(HemisphereJob job, Network network, ProgressListener listener);

    /** Where there is no cluster to spread it over. */
    static Distribution none() {
      return (job, network, listener) -> {
        throw new PermanentFailureException(
            "a training with parallelism = data can't be a task of a cluster, which it needs itself");
      };
    }
  }

  /** A network with its starting weights. */
  Network network(Architecture architecture, Hyperparameters hyperparameters, Weights start) {
    Network network = engine.create(architecture, hyperparameters);
    network.load(start);
    return network;
  }

  /** A network that is not trained. */
  Network trained(StoredNetworks.Stored stored) {
    return network(stored.architecture(), Hyperparameters.NONE, stored.weights());
  }
}
