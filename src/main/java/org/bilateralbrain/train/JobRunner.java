package org.bilateralbrain.train;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.CheckpointEvery;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.grid.BilateralJob;
import org.bilateralbrain.grid.EndToEndJob;
import org.bilateralbrain.grid.EnsembleJob;
import org.bilateralbrain.grid.FeaturesJob;
import org.bilateralbrain.grid.GivenHemisphereJob;
import org.bilateralbrain.grid.Hemisphere;
import org.bilateralbrain.grid.HemisphereJob;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Networks;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.Provenance;
import org.bilateralbrain.store.Store;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.CrashReportingUtil;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out a job from its parents' artifacts to its own. */
public final class JobRunner {

  /** Everything that the artifact depends on, for people: the text that its id is a hash of. */
  private static final String JOB_FILE = "job.json";

  private static final String THERE = "its artifact is in the store";

  private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

  private final Store store;
  private final DataSet dataSet;
  private final CheckpointEvery checkpointEvery;
  private final Distribution distribution;
  private final GivenHemispheres givenHemispheres;
  private final StoredNetworks networks;

  static {
    CrashReportingUtil.crashDumpsEnabled(false); // files that DL4J would leave in whatever folder a task runs in
  }

  /** For jobs that one executor carries out. */
  public JobRunner(Store store, DataSet dataSet, Configuration hadoop, CheckpointEvery checkpointEvery) {
    this(store, dataSet, hadoop, checkpointEvery, Distribution.none());
  }

  public JobRunner(
      Store store,
      DataSet dataSet,
      Configuration hadoop,
      CheckpointEvery checkpointEvery,
      Distribution distribution) {
    this.store = store;
    this.dataSet = dataSet;
    this.checkpointEvery = checkpointEvery;
    this.distribution = distribution;
    this.givenHemispheres = new GivenHemispheres(hadoop, dataSet.hierarchy());
    this.networks = new StoredNetworks(store);
  }

  /** The name of a job's artifact. */
  public static ArtifactKey key(Job job) {
    return StoredNetworks.key(job);
  }

  /**
   * Makes and commits the job's artifact; unless it is there, for instance from an attempt whose executor was lost
   * between its commit and its answer.
   *
   * @return for people: what came out
   * @throws TrainingFailed if trying again is of no use
   * @throws IOException if the store fails
   */
  public String run(Job job, ProgressListener listener) throws IOException {
    ArtifactKey key = key(job);
    if (isThere(key)) {
      discardCheckpoints(key);
      return THERE;
    }
    Instant started = Instant.now();
    Attempt attempt = new Attempt(listener, new TrainingCheckpoints(store, key, checkpointEvery));
    try (ArtifactWriter artifact = store.write(key)) {
      String result = make(job, artifact, attempt);
      artifact.write(JOB_FILE, out -> out.write(Json.encode(job.specification().values())));
      Provenance provenance = Machine.here().provenance(started, job.workers());
      artifact.write(Provenance.FILE_NAME, out -> out.write(Json.encode(provenance)));
      if (isThere(key)) {
        discardCheckpoints(key);
        return THERE; // another attempt was first
      }
      artifact.commit();
      discardCheckpoints(key);
      int resumedAfter = attempt.checkpoints().resumedAfter();
      return resumedAfter == 0 ? result : result + ", went on after epoch " + resumedAfter;
    } finally {
      // Tasks share a pool of threads; what this job's networks worked in is of no use to the next.
      Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
    }
  }

  private boolean isThere(ArtifactKey key) throws IOException {
    return store.look(key) instanceof Lookup.Present;
  }

  /** What was kept for an attempt that is done. That it can't be removed does no harm. */
  private void discardCheckpoints(ArtifactKey key) {
    try {
      store.deleteAttempts(key);
    } catch (IOException e) {
      LOG.warn("The checkpoints of {} could not be removed: {}", key, e.getMessage());
    }
  }

  private String make(Job job, ArtifactWriter artifact, Attempt attempt) throws IOException {
    JobData data = JobData.of(job.data(), dataSet);
    if (job instanceof HemisphereJob hemisphere) {
      return write(HemisphereTraining.run(hemisphere, data, attempt, distribution), job, artifact);
    }
    if (job instanceof GivenHemisphereJob given) {
      ComputationGraph network = givenHemispheres.load(given);
      TrainedNetwork.writeNetwork(network, artifact); // before testing takes the softmax off
      return write(Testing.of(List.of(network), given.heads(), data), artifact);
    }
    if (job instanceof FeaturesJob features) {
      return new FeatureExtraction(features, data, networks.read(features.hemisphere()), attempt.listener()).writeTo(artifact);
    }
    if (job instanceof BilateralJob bilateral) {
      ComputationGraph left = networks.read(bilateral.left());
      ComputationGraph right = networks.read(bilateral.right());
      HeadExamples examples = examples(bilateral, data, left, right);
      return write(BilateralTraining.run(bilateral, data, left, right, examples, attempt), job, artifact);
    }
    if (job instanceof EndToEndJob endToEnd) {
      return write(EndToEndTraining.run(endToEnd, data, networks::read, attempt), job, artifact);
    }
    EnsembleJob ensemble = (EnsembleJob) job;
    List<ComputationGraph> members = new ArrayList<>();
    for (Hemisphere member : ensemble.members()) {
      members.add(networks.read(member));
    }
    return write(Testing.of(members, ensemble.members().get(0).heads(), data), artifact);
  }

  private static String write(TrainedNetwork trained, Job job, ArtifactWriter artifact) throws IOException {
    trained.writeTo(artifact);
    new TrainingEvents(job, trained.history(), trained.metrics(), Instant.now()).writeTo(artifact);
    return trained.metrics().inWords();
  }

  private static String write(Metrics metrics, ArtifactWriter artifact) throws IOException {
    artifact.write(Metrics.FILE_NAME, out -> out.write(Json.encode(metrics)));
    return metrics.inWords();
  }

  private HeadExamples examples(BilateralJob job, JobData data, ComputationGraph left, ComputationGraph right)
      throws IOException {
    int batchSize = job.heads().training().batchSize();
    if (job.heads().views().fresh()) {
      return new FreshFeatures(
          data,
          batchSize,
          job.seed(),
          Networks.features(JobData.IMAGE_SHAPE, job.left().shape(), left),
          Networks.features(JobData.IMAGE_SHAPE, job.right().shape(), right));
    }
    return new CachedFeatures(
        data, batchSize, job.seed(), features(job.leftFeatures(), data), features(job.rightFeatures(), data));
  }

  private StoredFeatures features(FeaturesJob job, JobData data) throws IOException {
    return StoredFeatures.open(
        networks.artifact(job), data.partition(), job.hemisphere().shape().features(), job.views());
  }
}
