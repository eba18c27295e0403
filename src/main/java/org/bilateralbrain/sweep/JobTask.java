package org.bilateralbrain.sweep;

import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.bilateralbrain.config.CheckpointEvery;
import org.bilateralbrain.config.ExecutionSettings;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.train.JobRunner;
import org.bilateralbrain.train.TrainingFailed;

/**
 * Carries out a job on an executor. A failure that would come again is an outcome; any other is thrown, so that Spark
 * tries again, elsewhere if it can.
 */
final class JobTask implements Function<Job, Outcome> {

  private static final long serialVersionUID = 1L;

  private final String store;
  private final DataSource source;
  private final CheckpointEvery checkpointEvery;
  private final boolean requireGpu;
  private final Broadcast<SerializableConfiguration> hadoop;

  JobTask(
      String store,
      DataSource source,
      ExecutionSettings execution,
      Broadcast<SerializableConfiguration> hadoop) {
    this.store = store;
    this.source = source;
    this.checkpointEvery = execution.checkpointEvery();
    this.requireGpu = execution.requireGpu();
    this.hadoop = hadoop;
  }

  @Override
  public Outcome call(Job job) throws Exception {
    try {
      TaskResources.use(TaskContext.get(), requireGpu);
      Configuration configuration = hadoop.value().value();
      Store opened = Store.open(store, configuration);
      DataSet dataSet = DataSource.Cache.load(source, configuration);
      ProgressNotes notes = new ProgressNotes(opened, JobRunner.key(job));
      return new Outcome.Done(new JobRunner(opened, dataSet, configuration, checkpointEvery).run(job, notes));
    } catch (TrainingFailed e) {
      return new Outcome.Failed(e.getMessage());
    } catch (DataException e) {
      if (e.mayPass()) {
        throw e;
      }
      return new Outcome.Failed(e.getMessage());
    } catch (OutOfMemoryError e) {
      return new Outcome.Failed(
          "out of memory (%s): use a smaller batch-size or width, fewer tasks at a time, or give the executors more memory"
              .formatted(e.getMessage()));
    }
  }
}
