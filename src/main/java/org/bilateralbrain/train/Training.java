package org.bilateralbrain.train;

import java.io.IOException;
import java.util.Map;
import org.bilateralbrain.config.TrainingSettings;
import org.bilateralbrain.data.Seeds;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.store.History;
import org.bilateralbrain.store.Progress;

/**
 * One training, whatever is trained: epoch by epoch, each followed by a validation; what is kept is
 * the weights of the epoch that was best on the validation part. Resumes from a checkpoint if there
 * is one.
 *
 * @param network with its starting weights; afterwards with those that are kept
 * @param epochs in all, those before a checkpoint included
 * @param trainer takes the network through an epoch
 */
public record Training(
    Network network, int epochs, EpochTrainer trainer, TrainingCheckpoints checkpoints) {

  /** Takes a network through its epochs: in this thread, or over a cluster. */
  public interface EpochTrainer {

    /**
     * Trains for one epoch. Everything random in it follows from the job's seed and the epoch, so
     * that it can be done without the ones before it.
     *
     * @param epoch from 0
     * @param validated accuracies after the epoch before, for whoever follows the training; empty
     *     if there are none
     * @throws PermanentFailureException if the loss is not finite
     */
    Trained train(int epoch, Map<String, Double> validated);

    /** How many images an epoch has. */
    int trainImages();

    /** On the validation part; without any images if nothing is held out. */
    Evaluation validate();

    /** On the test part. */
    Evaluation test();
  }

  /**
   * What came of one epoch.
   *
   * @param meanLoss cross-entropy over the epoch's images, summed over heads, without the L2 term
   * @param images trained on
   * @param seconds of training
   */
  public record Trained(double meanLoss, int images, double seconds) {}

  /**
   * @throws PermanentFailureException if the training diverges
   * @throws IOException if a checkpoint can't be read
   */
  TrainedNetwork run() throws IOException {
    History history =
        new History(network.architecture().heads().stream().map(Head::label).toList());
    Weights best = checkpoints.restore(network, history);
    for (int epoch = history.count(); epoch < epochs; epoch++) {
      Trained trained = trainer.train(epoch, history.lastValidation());
      Weights weights = network.weights();
      if (!weights.areFinite()) {
        throw PermanentFailureException.diverged("the weights are not finite after", epoch + 1);
      }
      history.add(
          new History.Epoch(
              epoch + 1,
              trained.meanLoss(),
              trainer.validate().accuracies(),
              trained.seconds(),
              trained.images() / trained.seconds()));
      if (history.best().epoch() == epoch + 1) {
        best = weights;
      }
      if (epoch + 1 < epochs) {
        checkpoints.saveIfDue(network, best, history);
      }
    }
    network.load(best);
    return TrainedNetwork.of(
        network.architecture(), best, history, trainer.trainImages(), trainer.test());
  }

  /**
   * Trains in this thread, step by step.
   *
   * @param seed of the job; dropout depends on it and on the epoch
   */
  record Local(
      Network network,
      TrainingSettings settings,
      ExampleSource examples,
      long seed,
      ProgressListener listener)
      implements EpochTrainer {

    @Override
    public Trained train(int epoch, Map<String, Double> validated) {
      network.startEpoch(Seeds.derive(seed, "dropout", epoch));
      long start = System.nanoTime();
      int images = 0;
      double seconds = 0;
      for (Examples batch : examples.epoch(epoch)) {
        network.step(batch);
        images += batch.count();
        seconds = (System.nanoTime() - start) / 1e9;
        listener.update(progress(epoch, validated, images, images / seconds));
      }
      return new Trained(network.meanLoss(), images, seconds);
    }

    private Progress progress(
        int epoch, Map<String, Double> validated, int images, double imagesPerSecond) {
      double loss = network.meanLoss();
      if (!Double.isFinite(loss)) {
        throw PermanentFailureException.diverged("the loss is %s in".formatted(loss), epoch + 1);
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("The task was interrupted");
      }
      return new Progress(
          "epoch",
          epoch + 1,
          settings.epochs(),
          images,
          examples.data().trainImages(),
          loss,
          validated,
          imagesPerSecond);
    }

    @Override
    public int trainImages() {
      return examples.data().trainImages();
    }

    @Override
    public Evaluation validate() {
      return evaluate(examples.validation());
    }

    @Override
    public Evaluation test() {
      return evaluate(examples.test());
    }

    private Evaluation evaluate(Iterable<Examples> part) {
      return Evaluation.of(
          network::predict, network.architecture().heads(), examples.data().classes(), part);
    }
  }

  /** What a network is trained, chosen and tested on. */
  interface ExampleSource {

    /**
     * The training examples of an epoch, from 0; an epoch can be asked for without the ones before
     * it.
     */
    Iterable<Examples> epoch(int epoch);

    Iterable<Examples> validation();

    Iterable<Examples> test();

    /** The images behind the examples. */
    JobData data();
  }

  /** Hears how far a training is, after every step. */
  public interface ProgressListener {
    void update(Progress progress);
  }
}
