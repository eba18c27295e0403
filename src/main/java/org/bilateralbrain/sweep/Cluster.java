package org.bilateralbrain.sweep;

import org.bilateralbrain.grid.Job;

/** Where a sweep's jobs are carried out. */
public interface Cluster extends AutoCloseable {

  /** For people: what it is. */
  String inWords();

  /** Hands a job over; what comes of it shows later. */
  Submission submit(Job job);

  /** How many jobs may be submitted at a time so that no executor has to wait for the driver. */
  int window();

  /** How often it tries what fails. */
  int maxFailures();

  /** Whether it has ended under the sweep. */
  boolean isStopped();

  @Override
  void close();
}
