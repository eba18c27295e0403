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
 * Trains a network in this thread, step by step.
 *
 * @param heads of the network, in the order of its outputs
 * @param seed of the job; dropout depends on it and on the epoch
 */
record LocalEpochs(
    ComputationGraph network,
    List<Head> heads,
    long seed,
    int epochs,
    int imagesPerEpoch,
    Examples training,
    Iterable<MiniBatch> validationExamples,
    Iterable<MiniBatch> testExamples,
    ProgressListener listener)
    implements EpochTrainer {

  /**
   * The training examples of each epoch, from 0; an epoch can be asked for without the ones before
   * it.
   */
  interface Examples {
    Iterable<MiniBatch> epoch(int epoch);
  }

  @Override
  public Trained train(int epoch, Map<Head, Double> validated) {
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
          new Progress(
              "epoch",
              epoch + 1,
              epochs,
              images,
              imagesPerEpoch,
              lossSum / images,
              Head.byLabel(validated),
              images / seconds));
      stopIfInterrupted();
    }
    return new Trained(lossSum / images, images, seconds);
  }

  @Override
  public Map<Head, Double> validate() {
    return accuracy(validationExamples);
  }

  @Override
  public Map<Head, Double> test() {
    return accuracy(testExamples);
  }

  private Map<Head, Double> accuracy(Iterable<MiniBatch> examples) {
    return Accuracy.of(input -> network.output(false, input), heads, examples);
  }

  /**
   * The cross-entropy before the step, summed over heads, without the L2 term that DL4J's score
   * contains.
   */
  private double step(MiniBatch batch, int epoch) {
    INDArray[] labels = new INDArray[heads.size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = batch.oneHot(heads.get(i), network.layerSize(heads.get(i).label()));
    }
    double l2 = network.calcRegularizationScore(true);
    network.fit(new INDArray[] {batch.input()}, labels);
    double loss = network.score() - l2;
    if (!Double.isFinite(loss)) {
      throw PermanentFailureException.diverged("the loss is %s in".formatted(loss), epoch);
    }
    return loss;
  }

  static void stopIfInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new IllegalStateException("The task was interrupted");
    }
  }
}
