package org.bilateralbrain.spark;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.bilateralbrain.analysis.NetworkAnalysis;
import org.bilateralbrain.analysis.RequestedSaliency;
import org.bilateralbrain.config.CheckpointEvery;
import org.bilateralbrain.config.ExecutionSettings;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Computation;
import org.bilateralbrain.nn.Engine;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Moves;
import org.bilateralbrain.store.PrunedFile;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.train.JobContext;
import org.bilateralbrain.train.JobRunner;
import org.bilateralbrain.train.Machine;
import org.bilateralbrain.train.NetworkTester;
import org.bilateralbrain.train.StoredNetworks;
import org.bilateralbrain.train.TrainingCheckpoints.StopReason;
import org.jspecify.annotations.Nullable;

/**
 * What every task of a sweep needs, small enough to be sent with each: locations of store and data,
 * and settings.
 *
 * @param pruning where trainings find whether they were pruned; null if none is
 */
record TaskInputs(
    String storeUri,
    String token,
    DataSource source,
    CheckpointEvery checkpointEvery,
    Duration storePatience,
    Computation computation,
    boolean requireGpu,
    PrunedFile.@Nullable Place pruning,
    Broadcast<SerializableConfiguration> hadoop)
    implements Serializable {

  /** An environment variable: see {@link CheckpointEvery.OrWhenAsked}. */
  private static final String SAVE_FILE = "BILATERAL_SAVE_FILE";

  private static final Set<String> VERIFIED_TOKENS = ConcurrentHashMap.newKeySet();

  /**
   * @param token name of the driver's token in the store
   */
  static TaskInputs of(SweepSetup setup, String token, JavaSparkContext spark) {
    ExecutionSettings execution = setup.config().execution();
    return new TaskInputs(
        setup.store().root(),
        token,
        setup.source(),
        execution.checkpointEvery(),
        execution.storePatience(),
        setup.config().computation(),
        execution.requireGpu(),
        setup.config().grid().tuning().prunes() ? setup.prunedPlace() : null,
        spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration())));
  }

  /**
   * Checks the store and binds the calling thread to the task's device and number of threads. To be
   * called before the task creates its first network.
   *
   * @throws IllegalStateException if this machine can't run the task; another one might
   * @throws IOException if the store can't be read
   */
  void useResources(TaskContext task) throws IOException {
    requireTheDriversStore();
    TaskResources.use(task, engine(), requireGpu);
  }

  /**
   * Once per process. If another disk were mounted under the store's path, results would be lost
   * there.
   */
  private void requireTheDriversStore() throws IOException {
    if (VERIFIED_TOKENS.contains(token)) {
      return;
    }
    if (!store().hasToken(token)) {
      throw new IllegalStateException(
          "%s on %s is not the driver's store: is it on a shared file system, and mounted on this machine?"
              .formatted(storeUri, Machine.hostName()));
    }
    VERIFIED_TOKENS.add(token);
  }

  /** This process's copy of the data set. */
  DataSet dataSet() {
    return DataSource.Cache.load(source, configuration());
  }

  Store store() throws IOException {
    return Store.open(storeUri, configuration());
  }

  /** This process's engine; engines aren't serialisable. */
  Engine engine() {
    return computation.open();
  }

  StoredNetworks trained() throws IOException {
    return StoredNetworks.of(store(), configuration());
  }

  NetworkTester tester() throws IOException {
    return new NetworkTester(engine(), trained(), dataSet());
  }

  NetworkAnalysis analysis() throws IOException {
    return new NetworkAnalysis(engine(), store(), trained(), dataSet());
  }

  RequestedSaliency saliency() throws IOException {
    return new RequestedSaliency(engine(), store(), trained(), dataSet());
  }

  /** Runs a job in this process and returns a description of the result. */
  String run(Job job, JobContext.Distribution distribution) throws IOException {
    Store store = store();
    ArtifactKey key = JobRunner.key(job);
    ProgressNotes notes = new ProgressNotes(store, key, pruning, () -> move(store, key));
    return new JobRunner(
            engine(),
            store,
            dataSet(),
            configuration(),
            checkpointEveryHere(),
            storePatience,
            distribution)
        .run(job, notes, notes);
  }

  /** Why the job is to go on elsewhere, if it is. There is no elsewhere in local mode. */
  private Optional<StopReason> move(Store store, ArtifactKey key) throws IOException {
    String executor = SparkEnv.get().executorId();
    if (executor.equals(TaskResources.IN_DRIVER)) {
      return Optional.empty();
    }
    Moves moves = Moves.read(store, token);
    if (moves.leaving().contains(executor)) {
      return Optional.of(StopReason.LEAVING);
    }
    return executor.equals(moves.moving().get(key.id()))
        ? Optional.of(StopReason.MOVING)
        : Optional.empty();
  }

  /** The setting, unless whoever ends this process names a file by which it asks for more. */
  private CheckpointEvery checkpointEveryHere() {
    String file = System.getenv(SAVE_FILE);
    return file == null || checkpointEvery instanceof CheckpointEvery.Never
        ? checkpointEvery
        : new CheckpointEvery.OrWhenAsked(checkpointEvery, Path.of(file));
  }

  private Configuration configuration() {
    return hadoop.value().value();
  }
}
