package org.bilateralbrain.spark;

import java.io.IOException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.spark.TaskFailure.StoreFailureException;
import org.bilateralbrain.store.DamagedArtifactException;
import org.bilateralbrain.store.UnknownFormatException;
import org.bilateralbrain.sweep.Outcome;
import org.bilateralbrain.train.JobContext.Distribution;
import org.bilateralbrain.train.PermanentFailureException;

/**
 * Carries out a job on an executor. Only what would fail on every machine is the job's own failure,
 * and an outcome. Any other may be this machine's: it is thrown, so that Spark counts it, tries
 * again elsewhere and leaves the machine out if there are too many.
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
    } catch (PermanentFailureException | UnknownFormatException e) {
      return new Outcome.Impossible(String.valueOf(e.getMessage()));
    } catch (DamagedArtifactException e) {
      return new Outcome.DamagedParent(e.key(), e.reason());
    } catch (IOException e) { // data sets and checkpoints from elsewhere fail with a DataException
      throw new StoreFailureException(e);
    } catch (RuntimeException | Error e) {
      throw TaskFailure.harmless(e);
    }
  }
}
