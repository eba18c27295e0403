package org.bilateralbrain.train;

import java.io.IOException;
import java.util.Iterator;
import org.bilateralbrain.config.TrainingSettings;
import org.bilateralbrain.data.Streams;
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
 * Trains a fine and a coarse head on the concatenated features of two frozen hemispheres.
 *
 * <p>The hemispheres run in evaluation mode, so their running statistics don't drift. The heads are
 * trained alone, on features, and joined to the hemispheres at the end.
 */
final class HeadTraining {

  private static final int BATCHES_COMPARED = 2;

  /**
   * Relative L2 distance over a batch. CPUs with other instruction sets differ by a millionth,
   * other weights by far more.
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
              job.streams(),
              stored(job.leftFeatures()),
              stored(job.rightFeatures())));
    }
    try (Network leftNetwork = context.trained(left);
        Network rightNetwork = context.trained(right)) {
      return run(
          left,
          right,
          new Fresh(
              data,
              job.heads().training(),
              job.streams(),
              new Fresh.Side(job.left().shape(), leftNetwork),
              new Fresh.Side(job.right().shape(), rightNetwork)));
    }
  }

  private int batchSize() {
    return job.heads().training().batchSize();
  }

  private StoredFeatures stored(FeaturesJob features) throws IOException {
    return StoredFeatures.open(
        context.networks().features(features),
        data.partition(),
        features.hemisphere().shape(),
        features.views());
  }

  private TrainedNetwork run(
      StoredNetworks.Stored left, StoredNetworks.Stored right, HeadExamples examples)
      throws IOException {
    TrainedNetwork heads = trainHeads(examples);
    Architecture whole = job.architecture();
    Weights weights =
        left.weights()
            .withPrefixReplaced(Architecture.HEMISPHERE, Architecture.Side.LEFT.prefix())
            .with(
                right
                    .weights()
                    .withPrefixReplaced(Architecture.HEMISPHERE, Architecture.Side.RIGHT.prefix()))
            .with(heads.weights());
    TrainedNetwork joined = heads.asPartOf(whole, weights);
    requireSameLogits(joined, heads, examples);
    return joined;
  }

  private TrainedNetwork trainHeads(HeadExamples examples) throws IOException {
    TrainingSettings settings = job.heads().training();
    Architecture architecture = job.headsAlone();
    Streams streams = job.streams();
    try (Network network =
        context
            .engine()
            .create(
                architecture,
                settings.hyperparameters(),
                Initialisation.draw(architecture, streams.start()))) {
      return new Training(
              network,
              settings,
              new Training.Local(network, settings, examples, streams, context.listener()),
              context.checkpoints())
          .run();
    }
  }

  /**
   * The metrics were measured on features, which another machine may have computed from other
   * weights. So the first test batches are run through the joined network, whose logits must match
   * those of the heads.
   *
   * @throws IllegalStateException if they don't
   */
  private void requireSameLogits(
      TrainedNetwork joined, TrainedNetwork alone, HeadExamples examples) {
    try (Network whole = evaluated(joined);
        Network heads = evaluated(alone)) {
      Iterator<Examples> features = examples.testInFeatureBatches().iterator();
      Iterator<Examples> images = data.test(examples.featureBatchSize()).iterator();
      for (int batch = 0; batch < BATCHES_COMPARED && features.hasNext(); batch++) {
        Prediction expected = heads.predict(features.next());
        Prediction actual = whole.predict(images.next());
        for (Head head : alone.architecture().heads()) {
          double difference = difference(expected.logits(head), actual.logits(head));
          if (!(difference <= MAX_DIFFERENCE)) {
            throw new IllegalStateException(
                ("the joined network's %s logits differ by %s (relative) from those of its heads on the stored features: the"
                        + " features belong to another network, or this machine computes differently")
                    .formatted(head.label(), difference));
          }
        }
      }
    }
  }

  /** Relative L2 distance. */
  private Network evaluated(TrainedNetwork trained) {
    return context.engine().create(trained.architecture(), Hyperparameters.NONE, trained.weights());
  }

  private static double difference(float[][] expected, float[][] actual) {
    double difference = 0;
    double norm = 0;
    for (int row = 0; row < expected.length; row++) {
      for (int i = 0; i < expected[row].length; i++) {
        difference += Math.pow(actual[row][i] - expected[row][i], 2);
        norm += Math.pow(expected[row][i], 2);
      }
    }
    return difference == 0 ? 0 : Math.sqrt(difference / norm);
  }
}
