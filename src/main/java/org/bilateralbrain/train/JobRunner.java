package org.bilateralbrain.train;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

/** Carries out a job from its parents' artifacts to its own. */
public final class JobRunner {

  /** Everything that the artifact depends on, for people: the text that its id is a hash of. */
  private static final String JOB_FILE = "job.json";

  private static final String THERE = "its artifact is in the store";

  private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final Engine engine;
  private final Store store;
  private final DataSet dataSet;
  private final CheckpointEvery checkpointEvery;
  private final Duration storePatience;
  private final JobContext.Distribution distribution;
  private final PretrainedHemispheres pretrained;

  /** What came of a job. It can be written again if the store fails. */
  private interface JobResult {

    /**
     * @return for people: what was written
     */
    String writeTo(ArtifactWriter artifact) throws IOException;
  }

  /** For jobs that one executor carries out, with a store that doesn't fail. */
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
   * @param storePatience for how long a result is kept and written again while the store fails
   * @param distribution for jobs that several executors carry out together
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
    TrainingCheckpoints checkpoints = new TrainingCheckpoints(store, key, checkpointEvery);
    StoredNetworks networks = new StoredNetworks(store, pretrained);
    JobContext context =
        new JobContext(
            engine, JobData.of(job.data(), dataSet), networks, checkpoints, listener, distribution);
    JobResult result = make(job, context);
    String inWords = save(job, result, networks.digests(), started);
    discardCheckpoints(key);
    int resumedAfter = checkpoints.resumedAfter();
    return resumedAfter == 0 ? inWords : inWords + ", resumed after epoch " + resumedAfter;
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
      Provenance provenance = Machine.of(engine).provenance(started, job.workers());
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

  private JobResult make(Job job, JobContext context) throws IOException {
    NativeMemory.requireFor(job, context.data().trainImages(), engine.memoryLimit());
    if (job instanceof HemisphereJob hemisphere) {
      return trained(job, new ImageTraining(context).run(hemisphere));
    }
    if (job instanceof EndToEndJob endToEnd) {
      return trained(job, new ImageTraining(context).run(endToEnd));
    }
    if (job instanceof BilateralJob bilateral) {
      return trained(job, new HeadTraining(bilateral, context).run());
    }
    if (job instanceof PretrainedHemisphereJob given) {
      return given(given, context.data());
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
    return tested((EnsembleJob) job, context);
  }

  private JobResult trained(Job job, TrainedNetwork trained) {
    Instant finished = Instant.now();
    return artifact -> {
      trained.writeTo(artifact, engine.name());
      new TrainingEvents(job, trained.history(), trained.metrics(), finished).writeTo(artifact);
      return trained.metrics().inWords();
    };
  }

  private JobResult given(PretrainedHemisphereJob job, JobData data) {
    StoredNetworks.Stored stored = pretrained.load(job);
    Metrics metrics = test(List.of(stored), job.heads(), data);
    return artifact -> {
      WeightsFile.write(artifact, stored.architecture(), stored.weights(), engine.name());
      return write(metrics, artifact);
    };
  }

  private JobResult tested(EnsembleJob job, JobContext context) throws IOException {
    List<StoredNetworks.Stored> members = new ArrayList<>();
    for (Hemisphere member : job.members()) {
      members.add(context.networks().read(member));
    }
    Metrics metrics = test(members, job.members().get(0).heads(), context.data());
    return artifact -> write(metrics, artifact);
  }

  /**
   * Accuracies of networks that were not trained here: a given hemisphere, or an ensemble's members
   * together.
   */
  private Metrics test(List<StoredNetworks.Stored> networks, List<Head> heads, JobData data) {
    try (NetworkTester.Ensemble together = NetworkTester.Ensemble.of(engine, networks)) {
      int batch = NetworkTester.BATCH_SIZE;
      Map<String, Double> validation =
          Evaluation.of(together::predict, heads, data.classes(), data.validation(batch))
              .accuracies();
      Map<String, Double> test =
          Evaluation.of(together::predict, heads, data.classes(), data.test(batch)).accuracies();
      Map<String, Metrics.Accuracy> accuracies = new LinkedHashMap<>();
      heads.forEach(
          head ->
              accuracies.put(
                  head.label(),
                  new Metrics.Accuracy(
                      validation.get(head.label()),
                      Objects.requireNonNull(test.get(head.label())))));
      return new Metrics(0, 0, 0, 0, together.parameters(), accuracies);
    }
  }

  private static String write(Metrics metrics, ArtifactWriter artifact) throws IOException {
    artifact.write(Metrics.FILE_NAME, out -> out.write(Json.encode(metrics)));
    return metrics.inWords();
  }
}
