package org.bilateralbrain.train;

import java.io.IOException;
import java.util.List;
import org.bilateralbrain.config.TrainingSettings;
import org.bilateralbrain.data.Batch;
import org.bilateralbrain.data.Batches;
import org.bilateralbrain.nn.Head;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Trains a network on augmented images, keeps its best epoch and tests it. */
record ImageTraining(JobData data, TrainingSettings training, long seed) {

  /**
   * Trains it in this thread.
   *
   * @param heads of the network, in the order of its outputs
   */
  TrainedNetwork run(ComputationGraph network, List<Head> heads, Attempt attempt)
      throws IOException {
    int batchSize = training.batchSize();
    Batches train = data.batches(data.partition().train(), batchSize);
    LocalEpochs epochs =
        new LocalEpochs(
            network,
            heads,
            seed,
            training.epochs(),
            data.trainImages(),
            epoch -> miniBatches(train.epoch(seed, epoch)),
            miniBatches(data.validation(batchSize)),
            miniBatches(data.test(batchSize)),
            attempt.listener());
    return run(network, heads, attempt, epochs);
  }

  /** Trains it however the trainer does. */
  TrainedNetwork run(
      ComputationGraph network, List<Head> heads, Attempt attempt, EpochTrainer epochs)
      throws IOException {
    History history =
        new Trainer(network, heads, attempt.checkpoints()).train(training.epochs(), epochs);
    return TrainedNetwork.of(network, heads, history, data.trainImages(), epochs.test());
  }

  static Iterable<MiniBatch> miniBatches(Iterable<Batch> batches) {
    return Mapped.lazily(batches, MiniBatch::ofImages);
  }
}
