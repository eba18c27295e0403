package org.bilateralbrain.train;

import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Supplier;
import org.bilateralbrain.config.TrainingSettings;
import org.bilateralbrain.data.Seeds;
import org.bilateralbrain.data.Streams;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.store.History;
import org.bilateralbrain.store.Progress;

/**
 * The training loop for every kind of network. Each epoch is followed by a validation, and the
 * weights of the best epoch on the validation part are kept. Resumes from a checkpoint if there is
 * one.
 *
 * @param network holds its initial weights at first, the kept ones in the end
 * @param settings their number of epochs includes those before a checkpoint
 * @param trainer trains and evaluates the network
 */
public record Training(
    Network network,
    TrainingSettings settings,
    EpochTrainer trainer,
    TrainingCheckpoints checkpoints) {

  /**
   * Images from which batch norms take their statistics under averaged parameters: a fraction of an
   * epoch, from which even a channel that is constant within each image has its mean to a hundredth
   * of its standard deviation.
   */
  private static final int STATISTICS_IMAGES = 8192;

  /** Trains and evaluates a network, in this thread or on a cluster. */
  public interface EpochTrainer {

    /**
     * Trains for one epoch. All randomness derives from the job's seed and the epoch, so a training
     * can resume at any epoch.
     *
     * @param epoch from 0
     * @param validation accuracies after the previous epoch by head label, for progress reports;
     *     empty if there are none
     * @throws PermanentFailureException if the loss is not finite
     */
    EpochResult train(int epoch, Map<String, Double> validation);

    /** The examples of an epoch. */
    Iterable<Examples> examples(int epoch);

    /** The number of images per epoch. */
    int trainImages();

    /** Evaluates on the validation part; the result counts no images if nothing is held out. */
    Evaluation validate();

    /** Evaluates on the test part. */
    Evaluation test();
  }

  /**
   * The result of one epoch of training.
   *
   * @param meanLoss mean cross-entropy over the epoch's images, summed over heads, without the L2
   *     term
   * @param accuracies see {@link History.Epoch#trainAccuracy}
   * @param learningRate of the first step
   * @param images number of images trained on
   * @param seconds duration of the training, without evaluations
   */
  public record EpochResult(
      double meanLoss,
      Map<String, Double> accuracies,
      double learningRate,
      int images,
      double seconds) {}

  /**
   * Runs all remaining epochs and tests the kept weights.
   *
   * @throws PermanentFailureException if the training diverges
   * @throws IOException if a checkpoint can't be read
   */
  TrainedNetwork run() throws IOException {
    History history =
        new History(network.architecture().heads().stream().map(Head::label).toList());
    Weights best = checkpoints.restore(network, history);
    while (history.count() < settings.epochs() && !settings.stops(history.scores())) {
      int epoch = history.count();
      EpochResult result = trainer.train(epoch, history.lastValidation());
      Evaluated evaluated = evaluate(epoch);
      history.add(
          new History.Epoch(
              epoch + 1,
              result.meanLoss(),
              result.accuracies(),
              evaluated.validation.accuracies(),
              evaluated.validation.losses(),
              result.learningRate(),
              result.seconds(),
              result.images() / result.seconds()));
      if (history.best().epoch() == epoch + 1) {
        best = evaluated.weights;
      }
      if (epoch + 1 < settings.epochs()) {
        checkpoints.saveIfDue(network, best, history);
      }
    }
    network.load(best);
    return TrainedNetwork.of(
        network.architecture(), best, history, trainer.trainImages(), trainer.test());
  }

  private record Evaluated(Weights weights, Evaluation validation) {}

  /** Validates the weights that an epoch has reached, or their moving average if there is one. */
  private Evaluated evaluate(int epoch) {
    if (!settings.hyperparameters().averages()) {
      return evaluated(epoch);
    }
    Weights reached = network.weights();
    network.loadAverage(some(trainer.examples(epoch)));
    Evaluated evaluated = evaluated(epoch);
    network.load(reached);
    return evaluated;
  }

  private Evaluated evaluated(int epoch) {
    Weights weights = finite(epoch);
    Evaluation validation = trainer.validate();
    if (!validation.losses().values().stream().allMatch(Double::isFinite)) {
      throw PermanentFailureException.diverged(
          "the validation loss is %s after".formatted(validation.losses()), epoch + 1);
    }
    return new Evaluated(weights, validation);
  }

  private Weights finite(int epoch) {
    Weights weights = network.weights();
    if (!weights.areFinite()) {
      throw PermanentFailureException.diverged("the weights are not finite after", epoch + 1);
    }
    return weights;
  }

  /** The first batches, made as they are read. */
  private static Iterable<Examples> some(Iterable<Examples> all) {
    return () -> {
      Iterator<Examples> batches = all.iterator();
      return new Iterator<>() {
        private int images;

        @Override
        public boolean hasNext() {
          return images < STATISTICS_IMAGES && batches.hasNext();
        }

        @Override
        public Examples next() {
          Examples batch = batches.next();
          images += batch.count();
          return batch;
        }
      };
    };
  }

  /**
   * Trains in the calling thread, step by step.
   *
   * @param streams of the job
   */
  record Local(
      Network network,
      TrainingSettings settings,
      ExampleSource examples,
      Streams streams,
      ProgressListener listener)
      implements EpochTrainer {

    @Override
    public EpochResult train(int epoch, Map<String, Double> validation) {
      network.startEpoch(Seeds.derive(streams.dropout(), "dropout", epoch));
      long start = System.nanoTime();
      int images = 0;
      long step = (long) epoch * stepsPerEpoch();
      double rate = settings.rates(step, stepsPerEpoch()).learningRate();
      for (Examples batch : examples.epoch(epoch)) {
        network.step(batch, settings.rates(step++, stepsPerEpoch()));
        images += batch.count();
        int done = images;
        listener.update(() -> progress(epoch, validation, done, start));
        if (Thread.currentThread().isInterrupted()) {
          throw new IllegalStateException("The task was interrupted");
        }
      }
      double loss = finiteLoss(epoch); // waits until a GPU has done all steps
      return new EpochResult(
          loss, Head.byLabel(network.trainingAccuracies()), rate, images, secondsSince(start));
    }

    private int stepsPerEpoch() {
      return (trainImages() + settings.batchSize() - 1) / settings.batchSize();
    }

    @Override
    public Iterable<Examples> examples(int epoch) {
      return examples.epoch(epoch);
    }

    private double finiteLoss(int epoch) {
      double loss = network.meanLoss();
      if (!Double.isFinite(loss)) {
        throw PermanentFailureException.diverged("the loss is %s in".formatted(loss), epoch + 1);
      }
      return loss;
    }

    private static double secondsSince(long start) {
      return (System.nanoTime() - start) / 1e9;
    }

    private Progress progress(int epoch, Map<String, Double> validation, int images, long start) {
      double loss = finiteLoss(epoch);
      return new Progress(
          "epoch",
          epoch + 1,
          settings.epochs(),
          images,
          examples.data().trainImages(),
          loss,
          validation,
          images / secondsSince(start));
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
          network::predict, network.architecture().heads(), examples.data().hierarchy(), part);
    }
  }

  /** The examples on which a network is trained, validated and tested. */
  interface ExampleSource {

    /**
     * The training examples of an epoch, in batches; doesn't depend on earlier calls.
     *
     * @param epoch from 0
     */
    Iterable<Examples> epoch(int epoch);

    Iterable<Examples> validation();

    Iterable<Examples> test();

    /** The images behind the examples. */
    JobData data();
  }

  /** Hears of a training's progress after every step. */
  public interface ProgressListener {

    /**
     * @param progress computes it, for which a GPU has to finish all steps so far: to be called
     *     only now and then
     */
    void update(Supplier<Progress> progress);
  }
}
