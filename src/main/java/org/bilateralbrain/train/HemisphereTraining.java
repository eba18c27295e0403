package org.bilateralbrain.train;

import java.util.List;
import java.util.Map;
import org.bilateralbrain.config.TrainingSettings;
import org.bilateralbrain.data.Batch;
import org.bilateralbrain.data.Batches;
import org.bilateralbrain.data.Seeds;
import org.bilateralbrain.grid.HemisphereJob;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Networks;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Trains one hemisphere with its head on augmented images. */
final class HemisphereTraining {

  private HemisphereTraining() {}

  static TrainedNetwork run(HemisphereJob job, JobData data, ProgressListener listener) {
    TrainingSettings training = job.settings().training();
    ComputationGraph network =
        Networks.unilateral(
            JobData.IMAGE_SHAPE,
            job.settings().shape(),
            Map.of(job.head(), data.classes().get(job.head())),
            training.optimisation(),
            Seeds.derive(job.seed(), "initialisation", 0));
    List<Head> heads = List.of(job.head());
    int batchSize = training.batchSize();
    Batches train = data.batches(data.partition().train(), batchSize);
    History history =
        new Trainer(network, heads, job.seed(), listener)
            .train(
                training.epochs(),
                data.trainImages(),
                epoch -> miniBatches(train.epoch(job.seed(), epoch)),
                miniBatches(data.validation(batchSize)));
    Map<Head, Double> test = Accuracy.of(network, heads, miniBatches(data.test(batchSize)));
    return TrainedNetwork.of(network, heads, history, data.trainImages(), test);
  }

  private static Iterable<MiniBatch> miniBatches(Iterable<Batch> batches) {
    return Mapped.lazily(batches, MiniBatch::ofImages);
  }
}
