package org.bilateralbrain.sweep;

import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.train.Distribution;

/**
 * Carries out a job on an executor. A failure that would come again is an outcome; any other is thrown, so that Spark
 * tries again, elsewhere if it can.
 */
final class JobTask implements Function<Job, Outcome> {

  private static final long serialVersionUID = 1L;

  private final TaskInputs inputs;

  JobTask(TaskInputs inputs) {
    this.inputs = inputs;
  }

  @Override
  public Outcome call(Job job) throws Exception {
    return outcome(
        () -> {
          inputs.useResources(TaskContext.get());
          return inputs.run(job, Distribution.none());
        });
  }

  /** Does some work whose result is for people. */
  interface Work {
    String run() throws Exception;
  }

  static Outcome outcome(Work work) throws Exception {
    try {
      return new Outcome.Done(work.run());
    } catch (Exception | OutOfMemoryError e) {
      return new Outcome.Failed(TaskFailure.lasting(e));
    }
  }
}
