package org.bilateralbrain.train;

import java.io.IOException;
import java.util.Map;
import org.bilateralbrain.config.TrainingSettings;
import org.bilateralbrain.data.Streams;
import org.bilateralbrain.grid.Checkpoint;
import org.bilateralbrain.grid.EndToEndJob;
import org.bilateralbrain.grid.HemisphereJob;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Initialisation;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.train.Training.ExampleSource;

/**
 * Trains networks on augmented images: a hemisphere with its heads, or a whole bilateral network.
 */
final class ImageTraining {

  private final JobContext context;

  ImageTraining(JobContext context) {
    this.context = context;
  }

  TrainedNetwork run(HemisphereJob job) throws IOException {
    Architecture architecture = job.training().tuned(job.architecture());
    Checkpoint given = job.startFrom();
    Weights start =
        given == null
            ? Initialisation.draw(architecture, job.streams().start())
            : context.networks().start(job, given);
    try (Network network =
        context.engine().create(architecture, job.training().hyperparameters(), start)) {
      return train(
          network,
          job.training(),
          job.isDistributed()
              ? context.distribution().over(job, network, context.listener())
              : locally(network, job.training(), job.streams()));
    }
  }

  /** Frozen hemispheres run in evaluation mode. */
  TrainedNetwork run(EndToEndJob job) throws IOException {
    Architecture architecture = job.training().tuned(job.architecture());
    Weights start =
        Initialisation.draw(architecture, job.streams().start())
            .with(hemisphere(job.left(), Architecture.Side.LEFT))
            .with(hemisphere(job.right(), Architecture.Side.RIGHT));
    try (Network network =
        context.engine().create(architecture, job.training().hyperparameters(), start)) {
      return train(network, job.training(), locally(network, job.training(), job.streams()));
    }
  }

  private TrainedNetwork train(
      Network network, TrainingSettings settings, Training.EpochTrainer trainer)
      throws IOException {
    return new Training(network, settings, trainer, context.checkpoints()).run();
  }

  private Training.EpochTrainer locally(
      Network network, TrainingSettings settings, Streams streams) {
    AugmentedImages images = new AugmentedImages(context.data(), settings, streams);
    return new Training.Local(network, settings, images, streams, context.listener());
  }

  /**
   * The weights of the trained hemisphere that a side starts from; empty if it starts from random
   * weights.
   */
  private Weights hemisphere(EndToEndJob.Side start, Architecture.Side side) throws IOException {
    return start.hemisphere().isEmpty()
        ? new Weights(Map.of())
        : context
            .networks()
            .read(start.hemisphere().get())
            .weights()
            .withPrefixReplaced(Architecture.HEMISPHERE, side.prefix());
  }

  private record AugmentedImages(JobData data, TrainingSettings settings, Streams streams)
      implements ExampleSource {

    @Override
    public Iterable<Examples> epoch(int epoch) {
      return JobData.examples(
          data.training(settings.augmentation(), settings.batchSize()).epoch(streams, epoch));
    }

    @Override
    public Iterable<Examples> validation() {
      return data.validation(settings.batchSize());
    }

    @Override
    public Iterable<Examples> test() {
      return data.test(settings.batchSize());
    }
  }
}
