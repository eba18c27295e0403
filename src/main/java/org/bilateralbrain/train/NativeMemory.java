package org.bilateralbrain.train;

import java.util.OptionalLong;
import org.bilateralbrain.config.TrainingSettings;
import org.bilateralbrain.grid.BilateralJob;
import org.bilateralbrain.grid.EndToEndJob;
import org.bilateralbrain.grid.HemisphereJob;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Parameter;

/**
 * Estimates a job's memory outside Java's heap, for sizing processes in advance and for refusing
 * jobs that can't fit.
 */
public final class NativeMemory {

  /**
   * Training keeps every layer's output for the backward pass, which adds gradients and scratch
   * space. Measured at width 64 and batch size 256, plus a margin of a sixth.
   */
  private static final double BYTES_PER_ACTIVATION = 2.0 * Float.BYTES;

  /** Weights, gradients and two moments, and as much again for temporary copies. */
  private static final double BYTES_PER_PARAMETER = 8 * Float.BYTES;

  /** Libraries, test batches, and arrays that the garbage collector has not yet released. */
  private static final double FIXED_BYTES = 400e6;

  private static final double MIB = 1 << 20;

  /** CIFAR-100's training images, and its test images as a share of them. */
  private static final int MAX_IMAGES = 50_000;

  private static final double TEST_SHARE = 0.2;

  private NativeMemory() {}

  /** Estimated bytes that a job needs on a data set of CIFAR-100's size. */
  public static double of(Job job) {
    return FIXED_BYTES
        + training(job, MAX_IMAGES)
        + (job instanceof BilateralJob bilateral ? mappedFeatures(bilateral) : 0);
  }

  /**
   * Fails if a job can't fit into this process even on its own: if the limit is below one copy of
   * each activation plus weights, gradients and two moments. Native libraries notice only once
   * memory is full, which is too late if a single array exceeds what is left of a container's
   * memory: the system would kill the process with all its tasks.
   *
   * @param images number of training images, which bounds the batch size
   * @param allowedBytes the engine's limit; empty if it has none
   * @throws OutOfMemoryError like the engine
   */
  static void requireFor(Job job, int images, OptionalLong allowedBytes) {
    if (allowedBytes.isEmpty() || job.isDistributed()) { // its workers share the memory
      return;
    }
    double required = training(job, images) / 2;
    if (required > allowedBytes.getAsLong()) {
      throw new OutOfMemoryError(
          "it takes %s MiB or more, and this process may use %s MiB"
              .formatted(Math.round(required / MIB), Math.round(allowedBytes.getAsLong() / MIB)));
    }
  }

  /** Bytes for training the job's network; 0 for jobs that train none. */
  private static double training(Job job, int images) {
    if (job instanceof HemisphereJob hemisphere) {
      return training(hemisphere.architecture(), hemisphere.training(), images);
    }
    if (job instanceof EndToEndJob endToEnd) {
      return training(endToEnd.architecture(), endToEnd.training(), images);
    }
    return job instanceof BilateralJob bilateral ? heads(bilateral, images) : 0;
  }

  /** Bytes for training heads alone, each of which drops values of a copy of the features. */
  private static double heads(BilateralJob job, int images) {
    Architecture heads = job.headsAlone();
    TrainingSettings settings = job.heads().training();
    double copies = (double) heads.heads().size() * heads.features();
    return training(heads, settings, images)
        + BYTES_PER_ACTIVATION * copies * Math.min(settings.batchSize(), images);
  }

  private static double training(Architecture network, TrainingSettings settings, int images) {
    double activations = (double) network.activations() * Math.min(settings.batchSize(), images);
    double parameters = network.parameters().stream().mapToDouble(Parameter::count).sum();
    return BYTES_PER_ACTIVATION * activations + BYTES_PER_PARAMETER * parameters;
  }

  /**
   * Bytes of both hemispheres' stored features, which are memory-mapped: the system can reclaim
   * them but counts them as the process's.
   */
  private static double mappedFeatures(BilateralJob job) {
    int images = Math.min(job.data().rule().trainLimit(), MAX_IMAGES);
    int features = job.left().shape().distinctFeatures() + job.right().shape().distinctFeatures();
    return (double) Float.BYTES * features * images * (Math.max(1, job.storedViews()) + TEST_SHARE);
  }
}
