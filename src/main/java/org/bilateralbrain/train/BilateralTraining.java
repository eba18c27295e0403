package org.bilateralbrain.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.data.Batch;
import org.bilateralbrain.data.Batches;
import org.bilateralbrain.data.Seeds;
import org.bilateralbrain.grid.BilateralJob;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Networks;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Trains a fine and a coarse head on the joined features of two frozen hemispheres.
 *
 * <p>Frozen means frozen: the hemispheres run in testing mode, so that their running statistics don't drift. The heads
 * are trained alone, on features computed batch by batch, and put together with the hemispheres at the end.
 */
final class BilateralTraining {

  private static final List<Head> HEADS = List.of(Head.FINE, Head.COARSE);

  private final BilateralJob job;
  private final JobData data;
  private final ComputationGraph left;
  private final ComputationGraph right;
  private final ComputationGraph leftFeatures;
  private final ComputationGraph rightFeatures;

  /**
   * @param left the trained left hemisphere with its head
   * @param right likewise
   */
  BilateralTraining(BilateralJob job, JobData data, ComputationGraph left, ComputationGraph right) {
    this.job = job;
    this.data = data;
    this.left = left;
    this.right = right;
    leftFeatures = Networks.features(JobData.IMAGE_SHAPE, leftShape(), left);
    rightFeatures = Networks.features(JobData.IMAGE_SHAPE, rightShape(), right);
  }

  TrainedNetwork run(ProgressListener listener) {
    ComputationGraph heads =
        Networks.heads(
            leftShape().features() + rightShape().features(),
            data.classes(),
            job.training().optimisation(),
            Seeds.derive(job.seed(), "initialisation of heads", 0));
    int batchSize = job.training().batchSize();
    Batches train = data.batches(data.partition().train(), batchSize);
    History history =
        new Trainer(heads, HEADS, job.seed(), listener)
            .train(
                job.training().epochs(),
                data.trainImages(),
                epoch -> Mapped.lazily(train.epoch(job.seed(), epoch), this::joinedFeatures),
                allFeatures(data.validation(batchSize)));
    Map<Head, Double> test =
        Accuracy.of(heads, HEADS, Mapped.lazily(data.test(batchSize), this::joinedFeatures));
    ComputationGraph bilateral =
        Networks.bilateral(
            JobData.IMAGE_SHAPE,
            leftShape(), left,
            rightShape(), right,
            data.classes(),
            job.training().optimisation(),
            heads);
    return TrainedNetwork.of(bilateral, HEADS, history, data.trainImages(), test);
  }

  /** Features that are needed every epoch, computed once. */
  private List<MiniBatch> allFeatures(Iterable<Batch> batches) {
    List<MiniBatch> features = new ArrayList<>();
    batches.forEach(batch -> features.add(joinedFeatures(batch)));
    return features;
  }

  /** Left before right. */
  private MiniBatch joinedFeatures(Batch batch) {
    INDArray images = MiniBatch.ofImages(batch).input();
    INDArray joined = Nd4j.hstack(leftFeatures.outputSingle(images), rightFeatures.outputSingle(images));
    return new MiniBatch(joined, batch.fine(), batch.coarse());
  }

  private HemisphereShape leftShape() {
    return job.left().settings().shape();
  }

  private HemisphereShape rightShape() {
    return job.right().settings().shape();
  }
}
