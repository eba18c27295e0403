package org.bilateralbrain.sweep;

import java.util.Optional;
import java.util.Set;
import org.bilateralbrain.grid.Job;

/** Runs a sweep's jobs. */
public interface Cluster extends AutoCloseable {

  /** A description for people. */
  String description();

  /**
   * Submits a job and returns at once.
   *
   * @param executor id of the executor that is to run it before all others, if it is free soon; any
   *     if empty
   */
  Submission submit(Job job, Optional<String> executor);

  /** How many jobs run at a time. */
  int slots();

  /** How often a failing task is attempted in total. */
  int maxFailures();

  /** Ids of executors that were told to leave, as when their machine is taken away. */
  Set<String> leaving();

  /** What an executor needs, in words, while there is none; else empty. */
  Optional<String> lacking();

  /** Whether the cluster was stopped, which ends the sweep. */
  boolean isStopped();

  @Override
  void close();
}
