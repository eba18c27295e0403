package org.bilateralbrain.train;

import java.io.IOException;
import java.util.Iterator;
import org.bilateralbrain.config.TrainingSettings;
import org.bilateralbrain.data.Seeds;
import org.bilateralbrain.grid.BilateralJob;
import org.bilateralbrain.grid.FeaturesJob;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Initialisation;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Prediction;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.train.HeadExamples.Cached;
import org.bilateralbrain.train.HeadExamples.Fresh;

/**
 * Trains a fine and a coarse head on the joined features of two frozen hemispheres.
 *
 * <p>Frozen means frozen: the hemispheres run in testing mode, so that their running statistics
 * don't drift. The heads are trained alone, on features, and put together with the hemispheres at
 * the end.
 */
final class HeadTraining {

  private static final int BATCHES_COMPARED = 2;

  /**
   * Relative, over a batch: processors with other instructions differ by a millionth, other weights
   * by much more.
   */
  private static final double MAX_DIFFERENCE = 0.01;

  private final BilateralJob job;
  private final JobContext context;
  private final JobData data;

  HeadTraining(BilateralJob job, JobContext context) {
    this.job = job;
    this.context = context;
    this.data = context.data();
  }

  TrainedNetwork run() throws IOException {
    StoredNetworks.Stored left = context.networks().read(job.left());
    StoredNetworks.Stored right = context.networks().read(job.right());
    if (!job.heads().views().fresh()) {
      return run(
          left,
          right,
          new Cached(
              data,
              batchSize(),
              job.seed(),
              stored(job.leftFeatures()),
              stored(job.rightFeatures())));
    }
    try (Network leftNetwork = context.trained(left);
        Network rightNetwork = context.trained(right)) {
      return run(left, right, new Fresh(data, batchSize(), job.seed(), leftNetwork, rightNetwork));
    }
  }

  private int batchSize() {
    return job.heads().training().batchSize();
  }

  private StoredFeatures stored(FeaturesJob features) throws IOException {
    return StoredFeatures.open(
        context.networks().features(features),
        data.partition(),
        features.hemisphere().shape().features(),
        features.views());
  }

  private TrainedNetwork run(
      StoredNetworks.Stored left, StoredNetworks.Stored right, HeadExamples examples)
      throws IOException {
    TrainedNetwork heads = trainHeads(examples);
    Architecture whole = job.architecture();
    Weights weights =
        left.weights()
            .moved(Architecture.HEMISPHERE, Architecture.Side.LEFT.prefix())
            .with(right.weights().moved(Architecture.HEMISPHERE, Architecture.Side.RIGHT.prefix()))
            .with(heads.weights());
    requireSameAnswers(context.network(whole, Hyperparameters.NONE, weights), heads, examples);
    return heads.as(whole, weights);
  }

  private TrainedNetwork trainHeads(HeadExamples examples) throws IOException {
    TrainingSettings settings = job.heads().training();
    Architecture architecture = job.headsAlone();
    long seed = Seeds.derive(job.seed(), "initialisation of heads", 0);
    try (Network network =
        context.network(
            architecture, settings.hyperparameters(), Initialisation.draw(architecture, seed))) {
      return new Training(
              network,
              settings.epochs(),
              new Training.Local(network, settings, examples, job.seed(), context.listener()),
              context.checkpoints())
          .run();
    }
  }

  /**
   * The accuracies are those of the heads on features, which other machines may have computed long
   * ago; so the network that is handed on has to give the same answers on images.
   *
   * @throws IllegalStateException if it doesn't
   */
  private void requireSameAnswers(Network whole, TrainedNetwork trained, HeadExamples examples) {
    try (whole;
        Network heads =
            context.network(trained.architecture(), Hyperparameters.NONE, trained.weights())) {
      Iterator<Examples> seen = examples.testAsComputed().iterator();
      Iterator<Examples> images = data.test(examples.computedTogether()).iterator();
      for (int batch = 0; batch < BATCHES_COMPARED && seen.hasNext(); batch++) {
        Prediction expected = heads.predict(seen.next());
        Prediction answers = whole.predict(images.next());
        for (Head head : trained.architecture().heads()) {
          double difference = difference(expected.logits(head), answers.logits(head));
          if (!(difference <= MAX_DIFFERENCE)) {
            throw new IllegalStateException(
                ("the joined network's %s logits differ by %s (relative) from those of its heads on the stored features:"
                        + " these are of another network, or this machine computes differently")
                    .formatted(head.label(), difference));
          }
        }
      }
    }
  }

  private static double difference(float[][] expected, float[][] actual) {
    double difference = 0;
    double all = 0;
    for (int row = 0; row < expected.length; row++) {
      for (int i = 0; i < expected[row].length; i++) {
        difference += Math.pow(actual[row][i] - expected[row][i], 2);
        all += Math.pow(expected[row][i], 2);
      }
    }
    return difference == 0 ? 0 : Math.sqrt(difference / all);
  }
}
