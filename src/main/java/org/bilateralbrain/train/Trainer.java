package org.bilateralbrain.train;

import java.util.List;
import java.util.Map;
import org.bilateralbrain.data.Seeds;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.store.Progress;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Trains a network epoch by epoch and leaves it with the weights of the epoch that was best on the validation part.
 */
final class Trainer {

  /** The training examples of each epoch, from 0; an epoch can be asked for without the ones before it. */
  interface Examples {
    Iterable<MiniBatch> epoch(int epoch);
  }

  private final ComputationGraph network;
  private final List<Head> heads;
  private final long seed;
  private final ProgressListener listener;

  /**
   * @param heads of the network, in the order of its outputs
   * @param seed of the job; dropout depends on it and on the epoch
   */
  Trainer(ComputationGraph network, List<Head> heads, long seed, ProgressListener listener) {
    this.network = network;
    this.heads = heads;
    this.seed = seed;
    this.listener = listener;
  }

  /**
   * @throws TrainingFailed if the loss is not finite
   */
  History train(int epochs, int imagesPerEpoch, Examples training, Iterable<MiniBatch> validation) {
    History history = new History(heads);
    INDArray best = network.params().dup();
    for (int epoch = 0; epoch < epochs; epoch++) {
      history.add(trainEpoch(epoch, epochs, imagesPerEpoch, training, validation));
      if (history.best().epoch() == epoch + 1) {
        best.assign(network.params());
      }
    }
    network.setParams(best);
    return history;
  }

  private History.Epoch trainEpoch(
      int epoch, int epochs, int imagesPerEpoch, Examples training, Iterable<MiniBatch> validation) {
    Nd4j.getRandom().setSeed(Seeds.derive(seed, "dropout", epoch));
    long start = System.nanoTime();
    int images = 0;
    double lossSum = 0;
    double seconds = 0;
    for (MiniBatch batch : training.epoch(epoch)) {
      lossSum += step(batch, epoch + 1) * batch.count();
      images += batch.count();
      seconds = (System.nanoTime() - start) / 1e9;
      listener.update(
          new Progress("epoch", epoch + 1, epochs, images, imagesPerEpoch, lossSum / images, images / seconds));
      stopIfInterrupted();
    }
    if (!Double.isFinite(network.params().sumNumber().doubleValue())) {
      throw diverged("the weights are not finite after", epoch + 1);
    }
    Map<Head, Double> accuracies = Accuracy.of(input -> network.output(false, input), heads, validation);
    return new History.Epoch(epoch + 1, lossSum / images, accuracies, seconds, images / seconds);
  }

  /** The cross-entropy before the step, summed over heads, without the L2 term that DL4J's score contains. */
  private double step(MiniBatch batch, int epoch) {
    INDArray[] labels = new INDArray[heads.size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = batch.oneHot(heads.get(i), network.layerSize(heads.get(i).label()));
    }
    double l2 = network.calcRegularizationScore(true);
    network.fit(new INDArray[] {batch.input()}, labels);
    double loss = network.score() - l2;
    if (!Double.isFinite(loss)) {
      throw diverged("the loss is %s in".formatted(loss), epoch);
    }
    return loss;
  }

  private static TrainingFailed diverged(String what, int epoch) {
    return new TrainingFailed(
        "%s epoch %d: the training has diverged; try a lower learning rate".formatted(what, epoch));
  }

  static void stopIfInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new IllegalStateException("The task was interrupted");
    }
  }
}
