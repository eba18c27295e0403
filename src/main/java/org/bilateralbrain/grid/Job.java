package org.bilateralbrain.grid;

import java.io.Serializable;
import java.util.List;
import org.bilateralbrain.nn.Computation;

/**
 * One artifact to make: a pure value that says what is made, from which data, how, from which seed
 * and from which other jobs' artifacts. Two jobs that say the same are the same job.
 */
public sealed interface Job extends Serializable permits NetworkJob, FeaturesJob, EnsembleJob {

  /** What kind of artifact it is; the folder it is in. */
  String kind();

  /** The images it works on. */
  DataKey data();

  /** What computes it. */
  Computation computation();

  /** The jobs whose artifacts this one reads. */
  List<Job> parents();

  /** In a few words, for people. */
  String title();

  /**
   * How much work it is for each training image, in operations of a matrix product: for order and
   * forecasts.
   */
  double work();

  /** How many executors work on it together. */
  default int workers() {
    return 1;
  }

  /** Whether several executors work on it together. */
  default boolean isDistributed() {
    return false;
  }

  /** Everything that the result depends on, parents by their id. */
  Specification specification();

  /** Hash of the {@link #specification}. */
  default String id() {
    return specification().id();
  }
}
