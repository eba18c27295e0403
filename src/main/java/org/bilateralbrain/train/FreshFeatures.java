package org.bilateralbrain.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.data.Batches;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Network;

/** Features computed batch by batch, of images that are augmented anew in each epoch. */
final class FreshFeatures implements HeadExamples {

  private final JobData data;
  private final int batchSize;
  private final long seed;
  private final Network left;
  private final Network right;
  private final Batches train;
  private final List<Examples> validation = new ArrayList<>();

  /**
   * @param seed of the job
   */
  FreshFeatures(JobData data, int batchSize, long seed, Network left, Network right) {
    this.data = data;
    this.batchSize = batchSize;
    this.seed = seed;
    this.left = left;
    this.right = right;
    train = data.batches(data.partition().train(), batchSize);
  }

  @Override
  public Iterable<Examples> epoch(int epoch) {
    return JobData.mapped(JobData.examples(train.epoch(seed, epoch)), this::joined);
  }

  /** Needed after every epoch, computed once. */
  @Override
  public Iterable<Examples> validation() {
    if (validation.isEmpty()) {
      data.validation(batchSize).forEach(batch -> validation.add(joined(batch)));
    }
    return validation;
  }

  @Override
  public Iterable<Examples> test() {
    return JobData.mapped(data.test(batchSize), this::joined);
  }

  @Override
  public int trainImages() {
    return data.trainImages();
  }

  @Override
  public Map<Head, Integer> classes() {
    return data.classes();
  }

  @Override
  public int computedTogether() {
    return batchSize;
  }

  @Override
  public Iterable<Examples> testAsComputed() {
    return test();
  }

  private Examples joined(Examples images) {
    float[][] leftRows = left.predict(images).features();
    float[][] rightRows = right.predict(images).features();
    int width = leftRows[0].length + rightRows[0].length;
    float[] joined = new float[images.count() * width];
    for (int i = 0; i < images.count(); i++) {
      System.arraycopy(leftRows[i], 0, joined, i * width, leftRows[i].length);
      System.arraycopy(
          rightRows[i], 0, joined, i * width + leftRows[i].length, rightRows[i].length);
    }
    return new Examples.OfValues(joined, images.fine(), images.coarse());
  }
}
