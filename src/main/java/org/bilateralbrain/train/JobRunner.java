package org.bilateralbrain.train;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.CheckpointEvery;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.grid.BilateralJob;
import org.bilateralbrain.grid.EndToEndJob;
import org.bilateralbrain.grid.EnsembleJob;
import org.bilateralbrain.grid.FeaturesJob;
import org.bilateralbrain.grid.Hemisphere;
import org.bilateralbrain.grid.HemisphereJob;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.grid.PretrainedHemisphereJob;
import org.bilateralbrain.nn.Networks;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.DamagedArtifactException;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.Provenance;
import org.bilateralbrain.store.Store;
import org.bytedeco.javacpp.Pointer;
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

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final Store store;
  private final DataSet dataSet;
  private final CheckpointEvery checkpointEvery;
  private final Duration storePatience;
  private final Distribution distribution;
  private final PretrainedHemispheres pretrained;

  static {
    CrashReportingUtil.crashDumpsEnabled(
        false); // files that DL4J would leave in whatever folder a task runs in
  }

  /** For jobs that one executor carries out, with a store that doesn't fail. */
  public JobRunner(
      Store store, DataSet dataSet, Configuration hadoop, CheckpointEvery checkpointEvery) {
    this(store, dataSet, hadoop, checkpointEvery, Duration.ZERO, Distribution.none());
  }

  /**
   * @param storePatience for how long a result is kept and written again while the store fails
   * @param distribution for jobs that several executors carry out together
   */
  public JobRunner(
      Store store,
      DataSet dataSet,
      Configuration hadoop,
      CheckpointEvery checkpointEvery,
      Duration storePatience,
      Distribution distribution) {
    this.store = store;
    this.dataSet = dataSet;
    this.checkpointEvery = checkpointEvery;
    this.storePatience = storePatience;
    this.distribution = distribution;
    this.pretrained =
        new PretrainedHemispheres(
            hadoop, dataSet.hierarchy().fineClasses(), dataSet.hierarchy().coarseClasses());
  }

  /** The name of a job's artifact. */
  public static ArtifactKey key(Job job) {
    return StoredNetworks.key(job);
  }

  /**
   * Makes and commits the job's artifact; unless it is there, for instance from an attempt whose
   * executor was lost between its commit and its answer.
   *
   * @return for people: what came out
   * @throws PermanentFailureException if the job would fail on every machine
   * @throws IOException if the store fails for longer than it may
   */
  public String run(Job job, ProgressListener listener) throws IOException {
    ArtifactKey key = key(job);
    if (isThere(key)) {
      discardCheckpoints(key);
      return THERE;
    }
    Instant started = Instant.now();
    Attempt attempt = new Attempt(listener, new TrainingCheckpoints(store, key, checkpointEvery));
    StoredNetworks networks = new StoredNetworks(store);
    try {
      JobResult result = make(job, networks, attempt);
      String inWords = save(job, result, networks.digests(), started);
      discardCheckpoints(key);
      int resumedAfter = attempt.checkpoints().resumedAfter();
      return resumedAfter == 0 ? inWords : inWords + ", resumed after epoch " + resumedAfter;
    } finally {
      // Tasks share a pool of threads; what this job's networks worked in is of no use to the next.
      Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
    }
  }

  private boolean isThere(ArtifactKey key) throws IOException {
    return store.verify(key) instanceof Lookup.Present;
  }

  /**
   * Hours of work are in memory, and a store that is away mostly comes back: so it is tried again
   * and again.
   */
  private String save(Job job, JobResult result, Map<ArtifactKey, String> parents, Instant started)
      throws IOException {
    Instant end = Instant.now().plus(storePatience);
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        return saveOnce(job, result, parents, started);
      } catch (DamagedArtifactException e) {
        throw e; // a parent's: computed anew, it may come out differently
      } catch (IOException e) {
        if (Instant.now().plus(pause).isAfter(end)) {
          throw e;
        }
        LOG.warn(
            "{} could not be stored and is written again in {} s: {}",
            key(job),
            pause.toMillis() / 1e3,
            e.toString());
      }
      sleep(pause);
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
    }
  }

  private String saveOnce(
      Job job, JobResult result, Map<ArtifactKey, String> parents, Instant started)
      throws IOException {
    ArtifactKey key = key(job);
    try (ArtifactWriter artifact = store.write(key)) {
      String inWords = result.writeTo(artifact);
      artifact.write(JOB_FILE, out -> out.write(Json.print(job.specification().values())));
      Provenance provenance = Machine.here().provenance(started, job.workers());
      artifact.write(Provenance.FILE_NAME, out -> out.write(Json.encode(provenance)));
      if (isThere(key)) {
        return THERE; // another attempt was first
      }
      artifact.computedFrom(parents);
      artifact.commit();
      return inWords;
    }
  }

  private static void sleep(Duration pause) {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("The task was interrupted while it waited for the store", e);
    }
  }

  /** What was kept for an attempt that is done. That it can't be removed does no harm. */
  private void discardCheckpoints(ArtifactKey key) {
    try {
      store.deleteAttempts(key);
    } catch (IOException e) {
      LOG.warn("The checkpoints of {} could not be removed: {}", key, e.getMessage());
    }
  }

  private JobResult make(Job job, StoredNetworks networks, Attempt attempt) throws IOException {
    JobData data = JobData.of(job.data(), dataSet);
    NativeMemory.requireFor(job, data.trainImages(), Pointer.maxPhysicalBytes());
    if (job instanceof HemisphereJob hemisphere) {
      return trained(job, HemisphereTraining.run(hemisphere, data, attempt, distribution));
    }
    if (job instanceof PretrainedHemisphereJob given) {
      return given(given, data);
    }
    if (job instanceof FeaturesJob features) {
      FeatureExtraction extraction =
          new FeatureExtraction(
              features, data, networks.read(features.hemisphere()), attempt.listener());
      return extraction::writeTo;
    }
    if (job instanceof BilateralJob bilateral) {
      ComputationGraph left = networks.read(bilateral.left());
      ComputationGraph right = networks.read(bilateral.right());
      HeadExamples examples = examples(bilateral, data, left, right, networks);
      return trained(job, BilateralTraining.run(bilateral, data, left, right, examples, attempt));
    }
    if (job instanceof EndToEndJob endToEnd) {
      return trained(job, EndToEndTraining.run(endToEnd, data, networks::read, attempt));
    }
    EnsembleJob ensemble = (EnsembleJob) job;
    List<ComputationGraph> members = new ArrayList<>();
    for (Hemisphere member : ensemble.members()) {
      members.add(networks.read(member));
    }
    Metrics metrics = Testing.of(members, ensemble.members().get(0).heads(), data);
    return artifact -> write(metrics, artifact);
  }

  private static JobResult trained(Job job, TrainedNetwork trained) {
    Instant finished = Instant.now();
    return artifact -> {
      trained.writeTo(artifact);
      new TrainingEvents(job, trained.history(), trained.metrics(), finished).writeTo(artifact);
      return trained.metrics().inWords();
    };
  }

  private JobResult given(PretrainedHemisphereJob job, JobData data) throws IOException {
    ComputationGraph network = pretrained.load(job);
    byte[] file = NetworkFile.write(network); // before testing takes the softmax off
    Metrics metrics = Testing.of(List.of(network), job.heads(), data);
    return artifact -> {
      artifact.holds(NetworkFile.digest(network));
      artifact.write(TrainedNetwork.NETWORK_FILE, out -> out.write(file));
      return write(metrics, artifact);
    };
  }

  private static String write(Metrics metrics, ArtifactWriter artifact) throws IOException {
    artifact.write(Metrics.FILE_NAME, out -> out.write(Json.encode(metrics)));
    return metrics.inWords();
  }

  private static HeadExamples examples(
      BilateralJob job,
      JobData data,
      ComputationGraph left,
      ComputationGraph right,
      StoredNetworks networks)
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
        data,
        batchSize,
        job.seed(),
        stored(job.leftFeatures(), data, networks),
        stored(job.rightFeatures(), data, networks));
  }

  private static StoredFeatures stored(FeaturesJob job, JobData data, StoredNetworks networks)
      throws IOException {
    return StoredFeatures.open(
        networks.features(job), data.partition(), job.hemisphere().shape().features(), job.views());
  }
}
