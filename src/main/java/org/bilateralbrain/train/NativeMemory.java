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
 * How much memory outside of Java's heap a job takes: for those who have to say in advance what a
 * process may use, and for jobs that can't be done there.
 */
public final class NativeMemory {

  /**
   * Training keeps every layer's output for the way back, where gradients and scratch space come on
   * top. Measured at width 64 and batches of 256; a sixth is spare.
   */
  private static final double BYTES_PER_ACTIVATION = 2.0 * Float.BYTES;

  /** Weights, gradients and two moments, and as much again for copies that are under way. */
  private static final double BYTES_PER_PARAMETER = 8 * Float.BYTES;

  /** Libraries, test batches, and what the collector has not yet released. */
  private static final double FIXED_BYTES = 400e6;

  private static final double MIB = 1 << 20;

  /** CIFAR-100's training images, and its test images as a share of them. */
  private static final int MAX_IMAGES = 50_000;

  private static final double TESTED_SHARE = 0.2;

  private NativeMemory() {}

  /** Roughly, in bytes. */
  public static double of(Job job) {
    return FIXED_BYTES
        + training(job, MAX_IMAGES)
        + (job instanceof BilateralJob bilateral ? mappedFeatures(bilateral) : 0);
  }

  /**
   * Fails if a job can't be done in this process whatever else is done there: if networks are
   * allowed less than each activation once, the weights, gradients and two moments. Native
   * libraries find out only after memory was filled, too late if a single array is larger than the
   * rest of a container's memory: the system would kill the process with all its jobs.
   *
   * @param images that it is trained on; a batch has no more
   * @param allowedBytes the engine's limit, if it has one
   * @throws OutOfMemoryError as the engine would
   */
  static void requireFor(Job job, int images, OptionalLong allowedBytes) {
    if (allowedBytes.isEmpty() || job.isDistributed()) { // whose workers share it
      return;
    }
    double least = training(job, images) / 2;
    if (least > allowedBytes.getAsLong()) {
      throw new OutOfMemoryError(
          "it takes %s MiB or more, and this process may use %s MiB"
              .formatted(Math.round(least / MIB), Math.round(allowedBytes.getAsLong() / MIB)));
    }
  }

  /** What the job's own network takes; 0 for jobs that train none on images. */
  private static double training(Job job, int images) {
    if (job instanceof HemisphereJob hemisphere) {
      return training(hemisphere.architecture(), hemisphere.training(), images);
    }
    return job instanceof EndToEndJob endToEnd
        ? training(endToEnd.architecture(), endToEnd.training(), images)
        : 0;
  }

  private static double training(Architecture network, TrainingSettings settings, int images) {
    double activations = (double) network.activations() * Math.min(settings.batchSize(), images);
    double parameters = network.parameters().stream().mapToDouble(Parameter::count).sum();
    return BYTES_PER_ACTIVATION * activations + BYTES_PER_PARAMETER * parameters;
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
}
