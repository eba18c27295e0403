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
import org.bilateralbrain.grid.PretrainedJob;
import org.bilateralbrain.nn.Engine;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.DamagedArtifactException;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.Provenance;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.train.Training.ProgressListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs jobs: computes a job's artifact from those of its parents. */
public final class JobRunner {

  /** Everything that the artifact depends on: the text that the job's id is a hash of. */
  private static final String JOB_FILE = "job.json";

  private static final String ALREADY_STORED = "its artifact is already in the store";

  private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final Engine engine;
  private final Store store;
  private final DataSet dataSet;
  private final CheckpointEvery checkpointEvery;
  private final Duration storePatience;
  private final JobContext.Distribution distribution;
  private final PretrainedNetworks pretrained;

  /** A job's computed result, which can be written again if the store fails. */
  private interface JobResult {

    /**
     * @return a description of the result, for people
     */
    String writeTo(ArtifactWriter artifact) throws IOException;
  }

  /** A runner for jobs of one process that doesn't retry a failing store. */
  public JobRunner(
      Engine engine,
      Store store,
      DataSet dataSet,
      Configuration hadoop,
      CheckpointEvery checkpointEvery) {
    this(
        engine,
        store,
        dataSet,
        hadoop,
        checkpointEvery,
        Duration.ZERO,
        JobContext.Distribution.none());
  }

  /**
   * @param storePatience how long a result is kept in memory and rewritten while the store fails
   * @param distribution trains the jobs that several executors share
   */
  public JobRunner(
      Engine engine,
      Store store,
      DataSet dataSet,
      Configuration hadoop,
      CheckpointEvery checkpointEvery,
      Duration storePatience,
      JobContext.Distribution distribution) {
    this.engine = engine;
    this.store = store;
    this.dataSet = dataSet;
    this.checkpointEvery = checkpointEvery;
    this.storePatience = storePatience;
    this.distribution = distribution;
    this.pretrained = new PretrainedNetworks(hadoop);
  }

  /** The key of a job's artifact. */
  public static ArtifactKey key(Job job) {
    return StoredNetworks.key(job);
  }

  /**
   * Computes and commits the job's artifact unless it is already stored, for instance by an attempt
   * whose executor was lost between commit and reply.
   *
   * @return a description of the result, for people
   * @throws PermanentFailureException if the job would fail on every machine
   * @throws IOException if the store fails for longer than {@code storePatience}
   */
  public String run(Job job, ProgressListener listener) throws IOException {
    return run(job, listener, TrainingCheckpoints.StopSignal.NEVER);
  }

  /**
   * As {@link #run(Job, ProgressListener)}, but a training can be stopped.
   *
   * @throws TrainingCheckpoints.StoppedException if it was
   */
  public String run(Job job, ProgressListener listener, TrainingCheckpoints.StopSignal stopSignal)
      throws IOException {
    ArtifactKey key = key(job);
    if (isPresent(key)) {
      discardCheckpoints(key);
      return ALREADY_STORED;
    }
    Instant started = Instant.now();
    TrainingCheckpoints checkpoints =
        new TrainingCheckpoints(store, key, checkpointEvery, stopSignal);
    StoredNetworks networks = new StoredNetworks(store, pretrained);
    JobContext context =
        new JobContext(
            engine, JobData.of(job.data(), dataSet), networks, checkpoints, listener, distribution);
    JobResult result = compute(job, context);
    String description = save(job, result, networks.digests(), started);
    discardCheckpoints(key);
    int resumedAfter = checkpoints.resumedAfter();
    return resumedAfter == 0 ? description : description + ", resumed after epoch " + resumedAfter;
  }

  private boolean isPresent(ArtifactKey key) throws IOException {
    return store.verify(key) instanceof Lookup.Present;
  }

  /**
   * Retries until {@code storePatience} has passed, because the result may be hours of work and
   * most outages end.
   */
  private String save(Job job, JobResult result, Map<ArtifactKey, String> parents, Instant started)
      throws IOException {
    Instant end = Instant.now().plus(storePatience);
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        return saveOnce(job, result, parents, started);
      } catch (DamagedArtifactException e) {
        throw e; // a parent's, which may come out differently when recomputed
      } catch (IOException e) {
        if (Instant.now().plus(pause).isAfter(end)) {
          throw e;
        }
        LOG.warn(
            "Storing {} failed, retrying in {} s: {}",
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
      String description = result.writeTo(artifact);
      artifact.write(JOB_FILE, out -> out.write(Json.print(job.specification().values())));
      Provenance provenance = Machine.of(engine).provenance(started, job.workers());
      artifact.write(Provenance.FILE_NAME, out -> out.write(Json.encode(provenance)));
      if (isPresent(key)) {
        return ALREADY_STORED; // another attempt committed first
      }
      artifact.computedFrom(parents);
      artifact.commit();
      return description;
    }
  }

  private static void sleep(Duration pause) {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("The task was interrupted while waiting for the store", e);
    }
  }

  /** Failing to delete the checkpoints of a finished job does no harm. */
  private void discardCheckpoints(ArtifactKey key) {
    try {
      store.deleteAttempts(key);
    } catch (IOException e) {
      LOG.warn("The checkpoints of {} can't be deleted: {}", key, e.getMessage());
    }
  }

  private JobResult compute(Job job, JobContext context) throws IOException {
    NativeMemory.requireFor(job, context.data().trainImages(), engine.memoryLimit());
    if (job instanceof HemisphereJob hemisphere) {
      return trainingResult(job, new ImageTraining(context).run(hemisphere));
    }
    if (job instanceof EndToEndJob endToEnd) {
      return trainingResult(job, new ImageTraining(context).run(endToEnd));
    }
    if (job instanceof BilateralJob bilateral) {
      return trainingResult(job, new HeadTraining(bilateral, context).run());
    }
    if (job instanceof PretrainedJob checkpoint) {
      return importCheckpoint(checkpoint, context);
    }
    if (job instanceof FeaturesJob features) {
      StoredNetworks.Stored hemisphere = context.networks().read(features.hemisphere());
      return artifact -> {
        try (Network network = context.trained(hemisphere)) {
          return new FeatureExtraction(features, context.data(), network, context.listener())
              .writeTo(artifact);
        }
      };
    }
    return ensembleResult((EnsembleJob) job, context);
  }

  private JobResult trainingResult(Job job, TrainedNetwork trained) {
    Instant finished = Instant.now();
    return artifact -> {
      trained.writeTo(artifact, job.computation());
      new TrainingEvents(job, trained.history(), trained.metrics(), finished).writeTo(artifact);
      return trained.metrics().inWords();
    };
  }

  private JobResult importCheckpoint(PretrainedJob job, JobContext context) {
    StoredNetworks.Stored stored = context.networks().pretrained(job);
    Metrics metrics = test(List.of(stored), stored.architecture().heads(), context.data());
    return artifact -> {
      WeightsFile.write(artifact, stored.architecture(), stored.weights(), job.computation());
      return write(metrics, artifact);
    };
  }

  private JobResult ensembleResult(EnsembleJob job, JobContext context) throws IOException {
    List<StoredNetworks.Stored> members = new ArrayList<>();
    for (Hemisphere member : job.members()) {
      members.add(context.networks().read(member));
    }
    Metrics metrics = test(members, job.members().get(0).heads(), context.data());
    return artifact -> write(metrics, artifact);
  }

  /**
   * Accuracies of networks that the job doesn't train: a pretrained one, or an ensemble's members
   * together.
   */
  private Metrics test(List<StoredNetworks.Stored> networks, List<Head> heads, JobData data) {
    try (NetworkTester.Ensemble ensemble = NetworkTester.Ensemble.of(engine, networks)) {
      int batch = NetworkTester.BATCH_SIZE;
      Map<String, Double> validation =
          Evaluation.of(ensemble::predict, heads, data.hierarchy(), data.validation(batch))
              .accuracies();
      Evaluation test = Evaluation.of(ensemble::predict, heads, data.hierarchy(), data.test(batch));
      return new Metrics(
          0, 0, 0, 0, ensemble.parameters(), test.metrics(validation), test.consistency());
    }
  }

  private static String write(Metrics metrics, ArtifactWriter artifact) throws IOException {
    artifact.write(Metrics.FILE_NAME, out -> out.write(Json.encode(metrics)));
    return metrics.inWords();
  }
}
