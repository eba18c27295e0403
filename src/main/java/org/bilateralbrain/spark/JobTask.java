package org.bilateralbrain.spark;

import java.io.IOException;
import java.util.LinkedHashMap;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.spark.TaskFailure.StoreFailureException;
import org.bilateralbrain.store.DamagedArtifactException;
import org.bilateralbrain.store.UnknownFormatException;
import org.bilateralbrain.sweep.Outcome;
import org.bilateralbrain.train.JobContext.Distribution;
import org.bilateralbrain.train.PermanentFailureException;
import org.bilateralbrain.train.TrainingCheckpoints;

/**
 * Runs a job on an executor. A failure that would recur on every machine is returned as an outcome.
 * Any other may be this machine's fault and is thrown, so that Spark counts it, retries elsewhere,
 * and excludes the machine after too many failures.
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

  /** Work that returns a description for people. */
  interface Work {
    String run() throws Exception;
  }

  /** Runs some work, and tells failures of the job from those of the machine, which it throws. */
  static Outcome outcome(Work work) throws Exception {
    try {
      return new Outcome.Done(work.run());
    } catch (TrainingCheckpoints.StoppedException e) {
      return switch (e.reason()) {
        case PRUNED ->
            new Outcome.Pruned(
                new LinkedHashMap<>(e.completed().lastValidation()), e.completed().scores());
        case LEAVING -> new Outcome.Moved("its executor was told to leave", e.completed().count());
        case MOVING ->
            new Outcome.Moved(
                "the sweep ends sooner if it continues elsewhere", e.completed().count());
      };
    } catch (PermanentFailureException | UnknownFormatException e) {
      return new Outcome.Impossible(String.valueOf(e.getMessage()));
    } catch (DamagedArtifactException e) {
      return new Outcome.DamagedParent(e.key(), e.reason());
    } catch (
        IOException e) { // only the store's: data sets and checkpoints fail with a DataException
      throw new StoreFailureException(e);
    } catch (RuntimeException | Error e) {
      throw TaskFailure.survivable(e);
    }
  }
}
