package org.bilateralbrain.sweep;

import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.bilateralbrain.analysis.NetworkAnalysis;
import org.bilateralbrain.config.CheckpointEvery;
import org.bilateralbrain.config.ExecutionSettings;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.train.Distribution;
import org.bilateralbrain.train.JobRunner;
import org.bilateralbrain.train.NetworkTester;
import org.bilateralbrain.train.TrainedNetworks;

/** What every task of a sweep needs, small enough to travel with it: names of the store and the data, and settings. */
record TaskInputs(
    String storeUri,
    DataSource source,
    CheckpointEvery checkpointEvery,
    boolean requireGpu,
    Broadcast<SerializableConfiguration> hadoop)
    implements Serializable {

  static TaskInputs of(SweepSetup setup, Broadcast<SerializableConfiguration> hadoop) {
    ExecutionSettings execution = setup.config().execution();
    return new TaskInputs(
        setup.store().root().toString(),
        setup.source(),
        execution.checkpointEvery(),
        execution.requireGpu(),
        hadoop);
  }

  /** To be called before the task's first array. */
  void useResources(TaskContext task) {
    TaskResources.use(task, requireGpu);
  }

  /** This process's copy. */
  DataSet dataSet() {
    return DataSource.Cache.load(source, configuration());
  }

  Store store() throws IOException {
    return Store.open(storeUri, configuration());
  }

  TrainedNetworks trained() throws IOException {
    return new TrainedNetworks(store(), dataSet(), configuration());
  }

  NetworkTester tester() throws IOException {
    return new NetworkTester(store(), dataSet(), configuration());
  }

  NetworkAnalysis analysis() throws IOException {
    return new NetworkAnalysis(store(), dataSet(), configuration());
  }

  /** Carries out a job in this process. */
  String run(Job job, Distribution distribution) throws IOException {
    Store store = store();
    return new JobRunner(store, dataSet(), configuration(), checkpointEvery, distribution)
        .run(job, new ProgressNotes(store, JobRunner.key(job)));
  }

  private Configuration configuration() {
    return hadoop.value().value();
  }
}
