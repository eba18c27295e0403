package org.bilateralbrain.sweep;

import java.util.Optional;
import java.util.Set;
import org.bilateralbrain.grid.Job;

/** Runs a sweep's jobs. */
public interface Cluster extends AutoCloseable {

  /**
   * How many jobs, at most, wait in the cluster's queue so that no executor waits for the driver:
   * as many as may end between two polls.
   */
  int MAX_WAITING = 256;

  /**
   * How long a job waits for the executor to which it is submitted. Until then, whoever is there
   * must have come to the end of an epoch; and what is gained must be worth it.
   */
  int PLACE_PATIENCE_SECONDS = 300;

  /** A description for people. */
  String description();

  /**
   * Submits a job and returns at once.
   *
   * @param executor id of the executor that is to run it, before all others; if it isn't free in
   *     time, or if this is empty, any will do
   */
  Submission submit(Job job, Optional<String> executor);

  /** How many jobs to have submitted at a time: those that run and those that wait. */
  int window();

  /** How many jobs the executors that are there run at a time. */
  int slots();

  /** Whether a job gets the executor to which it is submitted. */
  boolean canPlace();

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
