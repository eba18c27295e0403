package org.bilateralbrain.analysis;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bilateralbrain.analysis.TwoHemispheres.Specialists;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.Hierarchy;
import org.bilateralbrain.grid.EnsembleJob;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Engine;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.store.AnalysisFile;
import org.bilateralbrain.store.AnalysisFile.CaseSimilarity;
import org.bilateralbrain.store.AnalysisFile.Example;
import org.bilateralbrain.store.AnalysisFile.Reliance;
import org.bilateralbrain.store.AnalysisFile.Similarity;
import org.bilateralbrain.store.AnalysisFile.Split;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Provenance;
import org.bilateralbrain.store.SaliencyFile;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.train.JobData;
import org.bilateralbrain.train.JobRunner;
import org.bilateralbrain.train.Machine;
import org.bilateralbrain.train.NetworkTester.Ensemble;
import org.bilateralbrain.train.StoredNetworks;
import org.bilateralbrain.train.StoredNetworks.Stored;

/**
 * Analyses trained networks one at a time and commits each analysis to the store as a separate
 * artifact.
 */
public final class NetworkAnalysis {

  private static final int BATCH_SIZE = 256;

  private final Engine engine;
  private final Store store;
  private final DataSet dataSet;
  private final StoredNetworks trained;

  public NetworkAnalysis(Engine engine, Store store, StoredNetworks trained, DataSet dataSet) {
    this.engine = engine;
    this.store = store;
    this.dataSet = dataSet;
    this.trained = trained;
  }

  /** Whether the network and the hemispheres it was made from are in the store. */
  public boolean isPossible(Job job) throws IOException {
    Optional<Specialists> specialists = TwoHemispheres.of(job).flatMap(TwoHemispheres::specialists);
    return trained.arePresent(job)
        && (specialists.isEmpty()
            || (trained.arePresent(specialists.get().left())
                && trained.arePresent(specialists.get().right())));
  }

  private static ArtifactKey key(Job job) {
    return AnalysisFile.key(JobRunner.key(job));
  }

  /**
   * Computes and commits a network's analysis unless an intact one of the same weights is in the
   * store.
   *
   * @param heads those of the job's network, fine before coarse
   * @return whether it had to be computed
   * @throws java.io.FileNotFoundException if a network isn't in the store
   */
  public boolean run(Job job, List<Head> heads) throws IOException {
    Map<ArtifactKey, String> weights = weights(job);
    if (isPresent(job, weights)) {
      return false;
    }
    Instant started = Instant.now();
    JobData data = JobData.of(job.data(), dataSet);
    List<Stored> networks = trained.readAll(job);
    TestPass pass = test(networks, heads, data);
    try (ArtifactWriter artifact = store.write(key(job))) {
      AnalysisFile analysis = analyse(job, networks.get(0), pass, data, artifact);
      Predictions predictions =
          new Predictions(job.id(), data.partition().test().positions(), pass);
      artifact.write(Predictions.CSV, predictions::writeCsv);
      artifact.write(AnalysisFile.PREDICTIONS, predictions::writeParquet);
      artifact.write(AnalysisFile.FILE_NAME, out -> out.write(Json.encode(analysis)));
      Provenance provenance = Machine.of(engine).provenance(started, 1);
      artifact.write(Provenance.FILE_NAME, out -> out.write(Json.encode(provenance)));
      if (isPresent(job, weights)) {
        return false; // another task committed first
      }
      artifact.computedFrom(weights);
      artifact.commit();
    }
    return true;
  }

  /**
   * A network that was retrained on another kind of machine may have slightly different weights,
   * and then needs a new analysis.
   */
  private boolean isPresent(Job job, Map<ArtifactKey, String> weights) throws IOException {
    return store.verify(key(job)) instanceof Lookup.Present present
        && present.artifact().parents().equals(weights);
  }

  private Map<ArtifactKey, String> weights(Job job) throws IOException {
    List<Job> jobs = new ArrayList<>(job instanceof EnsembleJob ? job.parents() : List.of(job));
    TwoHemispheres.of(job)
        .flatMap(TwoHemispheres::specialists)
        .ifPresent(specialists -> jobs.addAll(List.of(specialists.left(), specialists.right())));
    return trained.digests(jobs);
  }

  private TestPass test(List<Stored> networks, List<Head> heads, JobData data) {
    try (Ensemble ensemble = Ensemble.of(engine, networks)) {
      return TestPass.of(ensemble::predict, heads, data.test(BATCH_SIZE));
    }
  }

  private AnalysisFile analyse(
      Job job, Stored network, TestPass pass, JobData data, ArtifactWriter artifact)
      throws IOException {
    Map<String, AnalysisFile.OfHead> heads = new LinkedHashMap<>();
    pass.answers()
        .keySet()
        .forEach(head -> heads.put(head.label(), pass.confusion(head, dataSet.hierarchy())));
    Map<String, Reliance> reliance = new LinkedHashMap<>();
    Similarity similarity = null;
    Split split = null;
    List<CaseSimilarity> similarityByCase = List.of();
    List<Example> examples = List.of();
    Optional<TwoHemispheres> hemispheres = TwoHemispheres.of(job);
    if (hemispheres.isPresent()) {
      int leftFeatures = hemispheres.get().leftFeatures();
      try (TrainedHeads trainedHeads = TrainedHeads.of(engine, network)) {
        for (Head head : pass.answers().keySet()) {
          reliance.put(head.label(), trainedHeads.reliance(head, pass, leftFeatures));
        }
      }
      similarity = FeatureSimilarity.of(pass.features(), leftFeatures, pass.fine(), pass.coarse());
      Optional<Specialists> specialists = hemispheres.get().specialists();
      if (specialists.isPresent()) {
        Stored left = trained.readAll(specialists.get().left()).get(0);
        Stored right = trained.readAll(specialists.get().right()).get(0);
        FourAnswers answers =
            specialists.get().frozen()
                ? fromFeatures(left, right, pass)
                : new FourAnswers(
                    test(List.of(left), left.architecture().heads(), data),
                    test(List.of(right), right.architecture().heads(), data),
                    pass);
        split = new Split(answers.split());
        similarityByCase =
            FeatureSimilarity.byCase(
                pass.features(), leftFeatures, pass.fine(), pass.coarse(), answers.cases());
        examples = examples(answers, List.of(left, right, network), data, artifact);
      }
    }
    return new AnalysisFile(
        pass.images(),
        dataSet.hierarchy().coarseNames(),
        heads,
        split,
        similarity,
        similarityByCase,
        reliance,
        examples);
  }

  /** Reuses the whole network's features, which contain those of its frozen hemispheres. */
  private FourAnswers fromFeatures(Stored left, Stored right, TestPass whole) {
    int leftFeatures = left.architecture().features();
    try (TrainedHeads leftHeads = TrainedHeads.of(engine, left);
        TrainedHeads rightHeads = TrainedHeads.of(engine, right)) {
      return new FourAnswers(
          whole.ofPart(leftHeads, 0, leftFeatures),
          whole.ofPart(rightHeads, leftFeatures, leftFeatures + right.architecture().features()),
          whole);
    }
  }

  /**
   * @param networks left hemisphere, right hemisphere and the whole network
   */
  private List<Example> examples(
      FourAnswers answers, List<Stored> networks, JobData data, ArtifactWriter artifact)
      throws IOException {
    List<Example> examples = new ArrayList<>();
    try (Ensemble three = Ensemble.of(engine, networks)) {
      for (int image : answers.firstOfEachCase()) {
        examples.add(example(image, answers, three.members(), data, artifact));
      }
    }
    return examples;
  }

  private Example example(
      int image, FourAnswers answers, List<Network> networks, JobData data, ArtifactWriter artifact)
      throws IOException {
    int position = data.partition().test().positions()[image];
    Examples pixels = data.testImage(position);
    Hierarchy names = dataSet.hierarchy();
    List<Explanation.Column> columns =
        List.of(
            Explanation.of(networks.subList(0, 1), pixels, Head.FINE, answers.left(image))
                .whole("left alone", names),
            Explanation.of(networks.subList(1, 2), pixels, Head.COARSE, answers.right(image))
                .whole("right alone", names),
            Explanation.of(networks.subList(2, 3), pixels, Head.FINE, answers.fine(image))
                .whole(Explanation.WHOLE, names),
            Explanation.of(networks.subList(2, 3), pixels, Head.COARSE, answers.coarse(image))
                .whole(Explanation.WHOLE, names));
    SaliencyFile.Picture picture =
        SaliencyPicture.write(
            dataSet, position, columns, "saliency-%s.png".formatted(position), artifact);
    return new Example(
        picture,
        answers.caseOf(image),
        names.fineNames().get(answers.left(image)),
        names.coarseNames().get(answers.right(image)),
        names.fineNames().get(answers.fine(image)),
        names.coarseNames().get(answers.coarse(image)));
  }
}
