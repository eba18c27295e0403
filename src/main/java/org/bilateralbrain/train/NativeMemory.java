package org.bilateralbrain.train;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bilateralbrain.data.Images;
import org.bilateralbrain.grid.BilateralJob;
import org.bilateralbrain.grid.EndToEndJob;
import org.bilateralbrain.grid.HemisphereJob;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Networks;
import org.bilateralbrain.nn.Optimisation;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** How much memory outside of Java's heap a job takes: for those who have to say in advance what a process may use. */
public final class NativeMemory {

  /**
   * Training keeps every layer's output for the way back, where gradients and scratch space come on top. Measured at
   * width 64 and batches of 256; a sixth is spare.
   */
  private static final double BYTES_PER_ACTIVATION = 2.0 * Float.BYTES;

  /** Weights, the best weights, gradients, two moments, and a copy of each that is under way. */
  private static final double BYTES_PER_PARAMETER = 8 * Float.BYTES;

  /** Libraries, test batches, and what the collector has not yet released. */
  private static final double FIXED_BYTES = 400e6;

  /** CIFAR-100's training images, and its test images as a share of them. */
  private static final int MOST_IMAGES = 50_000;

  private static final double TESTED_SHARE = 0.2;

  private static final Map<List<Object>, Double> TRAINING = new ConcurrentHashMap<>();

  private NativeMemory() {}

  /** Roughly, in bytes. */
  public static double of(Job job) {
    if (job instanceof HemisphereJob hemisphere) {
      return FIXED_BYTES + training(hemisphere.shape(), hemisphere.training().batchSize());
    }
    if (job instanceof EndToEndJob endToEnd) {
      int batchSize = endToEnd.training().batchSize();
      return FIXED_BYTES + training(endToEnd.left().shape(), batchSize) + training(endToEnd.right().shape(), batchSize);
    }
    if (job instanceof BilateralJob bilateral) {
      return FIXED_BYTES + mappedFeatures(bilateral);
    }
    return FIXED_BYTES;
  }

  /** Stored features of both sides are mapped: the system may give the memory back, but counts it as the process's. */
  private static double mappedFeatures(BilateralJob job) {
    int images = Math.min(job.data().rule().trainLimit(), MOST_IMAGES);
    int features = job.left().shape().features() + job.right().shape().features();
    return (double) Float.BYTES * features * images * (Math.max(1, job.storedViews()) + TESTED_SHARE);
  }

  /** Networks of one shape are tried once. */
  private static double training(HemisphereShape shape, int batchSize) {
    return TRAINING.computeIfAbsent(List.of(shape, batchSize), any -> tried(shape, batchSize));
  }

  private static double tried(HemisphereShape shape, int batchSize) {
    ComputationGraph network =
        Networks.unilateral(
            JobData.IMAGE_SHAPE, shape, Map.of(Head.FINE, 2), new Optimisation(1, 0, 0), 0);
    INDArray image = Nd4j.zeros(DataType.FLOAT, 1, Images.SIZE, Images.SIZE, Images.CHANNELS);
    long activations = network.feedForward(image, false).values().stream().mapToLong(INDArray::length).sum();
    return BYTES_PER_ACTIVATION * activations * batchSize + BYTES_PER_PARAMETER * network.numParams();
  }
}
