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
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Networks;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How much memory outside of Java's heap a job takes: for those who have to say in advance what a
 * process may use, and for jobs that can't be done there.
 */
public final class NativeMemory {

  /**
   * Training keeps every layer's output for the way back, where gradients and scratch space come on
   * top. Measured at width 64 and batches of 256; a sixth is spare.
   */
  private static final double BYTES_PER_ACTIVATION = 2.0 * Float.BYTES;

  /** Weights, the best weights, gradients, two moments, and a copy of each that is under way. */
  private static final double BYTES_PER_PARAMETER = 8 * Float.BYTES;

  /** Libraries, test batches, and what the collector has not yet released. */
  private static final double FIXED_BYTES = 400e6;

  private static final double MIB = 1 << 20;

  /** CIFAR-100's training images, and its test images as a share of them. */
  private static final int MAX_IMAGES = 50_000;

  private static final double TESTED_SHARE = 0.2;

  private static final Map<List<Object>, Double> TRAINING = new ConcurrentHashMap<>();

  private NativeMemory() {}

  /** Roughly, in bytes. */
  public static double of(Job job) {
    return FIXED_BYTES
        + training(job, MAX_IMAGES)
        + (job instanceof BilateralJob bilateral ? mappedFeatures(bilateral) : 0);
  }

  /**
   * Fails if a job can't be done in this process whatever else is done there: if JavaCPP is allowed
   * less than each activation once, the weights, gradients and two moments. JavaCPP itself finds
   * out only after memory was filled, too late if a single array is larger than the rest of a
   * container's memory: the system would kill the process with all its jobs.
   *
   * @param images that it is trained on; a batch has no more
   * @param allowedBytes JavaCPP's limit; 0 for none
   * @throws OutOfMemoryError as JavaCPP would
   */
  static void requireFor(Job job, int images, long allowedBytes) {
    // Workers share a distributed job, and on a GPU networks live in its own memory.
    if (allowedBytes <= 0
        || job.isDistributed()
        || Nd4j.getExecutioner().type() != ExecutionerType.NATIVE_CPU) {
      return;
    }
    double least = training(job, images) / 2;
    if (least > allowedBytes) {
      throw new OutOfMemoryError(
          "it takes %s MiB or more, and this process may use %s MiB"
              .formatted(Math.round(least / MIB), Math.round(allowedBytes / MIB)));
    }
  }

  /** What the job's own networks take; 0 for those that train none on images. */
  private static double training(Job job, int images) {
    if (job instanceof HemisphereJob hemisphere) {
      return training(hemisphere.shape(), Math.min(hemisphere.training().batchSize(), images));
    }
    if (job instanceof EndToEndJob endToEnd) {
      int batchSize = Math.min(endToEnd.training().batchSize(), images);
      return training(endToEnd.left().shape(), batchSize)
          + training(endToEnd.right().shape(), batchSize);
    }
    return 0;
  }

  /**
   * Stored features of both sides are mapped: the system may give the memory back, but counts it as
   * the process's.
   */
  private static double mappedFeatures(BilateralJob job) {
    int images = Math.min(job.data().rule().trainLimit(), MAX_IMAGES);
    int features = job.left().shape().features() + job.right().shape().features();
    return (double) Float.BYTES
        * features
        * images
        * (Math.max(1, job.storedViews()) + TESTED_SHARE);
  }

  /** Networks of one shape are tried once. */
  private static double training(HemisphereShape shape, int batchSize) {
    return TRAINING.computeIfAbsent(List.of(shape, batchSize), any -> tried(shape, batchSize));
  }

  private static double tried(HemisphereShape shape, int batchSize) {
    ComputationGraph network =
        Networks.unilateral(
            JobData.IMAGE_SHAPE, shape, Map.of(Head.FINE, 2), new Hyperparameters(1, 0, 0), 0);
    INDArray image = Nd4j.zeros(DataType.FLOAT, 1, Images.SIZE, Images.SIZE, Images.CHANNELS);
    long activations =
        network.feedForward(image, false).values().stream().mapToLong(INDArray::length).sum();
    return BYTES_PER_ACTIVATION * activations * batchSize
        + BYTES_PER_PARAMETER * network.numParams();
  }
}
