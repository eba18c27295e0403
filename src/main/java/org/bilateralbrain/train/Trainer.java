package org.bilateralbrain.train;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.nn.Head;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Trains a network epoch by epoch and leaves it with the weights of the epoch that was best on the
 * validation part. Goes on from a checkpoint if there is one.
 */
final class Trainer {

  private final ComputationGraph network;
  private final List<Head> heads;
  private final TrainingCheckpoints checkpoints;

  /**
   * @param heads of the network, in the order of its outputs
   */
  Trainer(ComputationGraph network, List<Head> heads, TrainingCheckpoints checkpoints) {
    this.network = network;
    this.heads = heads;
    this.checkpoints = checkpoints;
  }

  /**
   * @param epochs in all, those before a checkpoint included
   * @throws PermanentFailureException if the training diverges
   * @throws IOException if a checkpoint can't be read
   */
  History train(int epochs, EpochTrainer trainer) throws IOException {
    INDArray best = network.params().dup();
    History history = new History(heads);
    checkpoints.restore(network, best).forEach(history::add);
    for (int epoch = history.count(); epoch < epochs; epoch++) {
      history.add(trainEpoch(epoch, history.lastValidation(), trainer));
      if (history.best().epoch() == epoch + 1) {
        best.assign(network.params());
      }
      if (epoch + 1 < epochs) {
        checkpoints.saveIfDue(network, best, history.epochs());
      }
    }
    network.setParams(best);
    return history;
  }

  private History.Epoch trainEpoch(int epoch, Map<Head, Double> validated, EpochTrainer trainer) {
    EpochTrainer.Trained trained = trainer.train(epoch, validated);
    if (!Double.isFinite(network.params().sumNumber().doubleValue())) {
      throw PermanentFailureException.diverged("the weights are not finite after", epoch + 1);
    }
    Map<Head, Double> accuracies = trainer.validate();
    return new History.Epoch(
        epoch + 1,
        trained.meanLoss(),
        accuracies,
        trained.seconds(),
        trained.images() / trained.seconds());
  }
}
