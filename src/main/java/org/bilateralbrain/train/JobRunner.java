package org.bilateralbrain.train;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.grid.BilateralJob;
import org.bilateralbrain.grid.HemisphereJob;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.Store;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out a job from its parents' artifacts to its own. */
public final class JobRunner {

  /** Everything that the artifact depends on, for people: the text that its id is a hash of. */
  private static final String JOB_FILE = "job.json";

  private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

  private final Store store;
  private final DataSet dataSet;

  public JobRunner(Store store, DataSet dataSet) {
    this.store = store;
    this.dataSet = dataSet;
  }

  /** The name of a job's artifact. */
  public static ArtifactKey key(Job job) {
    return new ArtifactKey(job.kind(), job.id());
  }

  /**
   * Trains, tests and commits; unless the artifact is there, for instance from an attempt whose executor was lost
   * between its commit and its answer.
   *
   * @throws TrainingFailed if trying again is of no use
   * @throws IOException if the store fails
   */
  public Metrics run(Job job, ProgressListener listener) throws IOException {
    ArtifactKey key = key(job);
    if (store.look(key) instanceof Lookup.Present present) {
      return present.artifact().metrics();
    }
    discardProgress(key);
    try (ArtifactWriter artifact = store.write(key)) {
      TrainedNetwork trained = train(job, listener);
      trained.writeTo(artifact);
      artifact.write(JOB_FILE, out -> out.write(Json.encode(job.specification())));
      artifact.commit();
      discardProgress(key);
      return trained.metrics();
    } finally {
      // Tasks share a pool of threads; what this job's networks worked in is of no use to the next.
      Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
    }
  }

  /** Notes of an earlier attempt, or of this one once it is done. That they can't be removed does no harm. */
  private void discardProgress(ArtifactKey key) {
    try {
      store.deleteAttempts(key);
    } catch (IOException e) {
      LOG.warn("The progress notes of {} could not be removed: {}", key, e.getMessage());
    }
  }

  private TrainedNetwork train(Job job, ProgressListener listener) throws IOException {
    JobData data = JobData.of(job.data(), dataSet);
    if (job instanceof HemisphereJob hemisphere) {
      return HemisphereTraining.run(hemisphere, data, listener);
    }
    BilateralJob bilateral = (BilateralJob) job;
    return new BilateralTraining(bilateral, data, network(bilateral.left()), network(bilateral.right())).run(listener);
  }

  private ComputationGraph network(Job parent) throws IOException {
    Artifact artifact =
        store
            .find(key(parent))
            .orElseThrow(() -> new TrainingFailed("the %s is not in the store".formatted(parent.title())));
    return ModelSerializer.restoreComputationGraph(
        new ByteArrayInputStream(artifact.read(TrainedNetwork.NETWORK_FILE)), false);
  }
}
