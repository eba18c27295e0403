package org.bilateralbrain.train;

import java.util.ArrayList;
import java.util.List;
import org.bilateralbrain.data.Batch;
import org.bilateralbrain.data.Batches;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Features computed batch by batch, of images that are augmented anew in each epoch. */
final class FreshFeatures implements HeadExamples {

  private final JobData data;
  private final int batchSize;
  private final long seed;
  private final ComputationGraph left;
  private final ComputationGraph right;
  private final Batches train;

  /**
   * @param seed of the job
   * @param left from images to features
   * @param right likewise
   */
  FreshFeatures(
      JobData data, int batchSize, long seed, ComputationGraph left, ComputationGraph right) {
    this.data = data;
    this.batchSize = batchSize;
    this.seed = seed;
    this.left = left;
    this.right = right;
    train = data.batches(data.partition().train(), batchSize);
  }

  @Override
  public Iterable<MiniBatch> epoch(int epoch) {
    return Mapped.lazily(train.epoch(seed, epoch), this::joined);
  }

  /** Needed every epoch, computed once. */
  @Override
  public Iterable<MiniBatch> validation() {
    List<MiniBatch> features = new ArrayList<>();
    data.validation(batchSize).forEach(batch -> features.add(joined(batch)));
    return features;
  }

  @Override
  public Iterable<MiniBatch> test() {
    return Mapped.lazily(data.test(batchSize), this::joined);
  }

  @Override
  public int computedTogether() {
    return batchSize;
  }

  @Override
  public Iterable<MiniBatch> testAsComputed() {
    return test();
  }

  private MiniBatch joined(Batch batch) {
    INDArray images = MiniBatch.ofImages(batch).input();
    INDArray joined = Nd4j.hstack(left.outputSingle(images), right.outputSingle(images));
    return new MiniBatch(joined, batch.fine(), batch.coarse());
  }
}
