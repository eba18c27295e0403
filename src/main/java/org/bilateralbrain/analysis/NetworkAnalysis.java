package org.bilateralbrain.analysis;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.analysis.TwoHemispheres.Specialists;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.Hierarchy;
import org.bilateralbrain.grid.EnsembleJob;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.store.AnalysisFile;
import org.bilateralbrain.store.AnalysisFile.Example;
import org.bilateralbrain.store.AnalysisFile.Reliance;
import org.bilateralbrain.store.AnalysisFile.Similarity;
import org.bilateralbrain.store.AnalysisFile.Split;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Provenance;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.train.JobData;
import org.bilateralbrain.train.JobRunner;
import org.bilateralbrain.train.Machine;
import org.bilateralbrain.train.TrainedNetworks;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Analyses networks, one at a time, and leaves what it found in the store, as an artifact of its
 * own for each.
 */
public final class NetworkAnalysis {

  private final Store store;
  private final DataSet dataSet;
  private final TrainedNetworks trained;

  public NetworkAnalysis(Store store, DataSet dataSet, Configuration hadoop) {
    this.store = store;
    this.dataSet = dataSet;
    this.trained = new TrainedNetworks(store, dataSet, hadoop);
  }

  /**
   * Whether everything that it needs is there: the network, and the hemispheres it was made from.
   */
  public boolean isPossible(Job job) throws IOException {
    Optional<Specialists> specialists = TwoHemispheres.of(job).flatMap(TwoHemispheres::specialists);
    return trained.areThere(job)
        && (specialists.isEmpty()
            || trained.areThere(specialists.get().left())
                && trained.areThere(specialists.get().right()));
  }

  private static ArtifactKey key(Job job) {
    return AnalysisFile.key(JobRunner.key(job));
  }

  /**
   * Makes and commits the analysis; unless a whole one is there.
   *
   * @param heads of the job's network, in the order of its outputs
   * @return whether it had to be made
   * @throws org.bilateralbrain.train.PermanentFailureException if a network is not there
   */
  public boolean run(Job job, List<Head> heads) throws IOException {
    Map<ArtifactKey, String> weights = weights(job);
    if (isThere(job, weights)) {
      return false;
    }
    Instant started = Instant.now();
    JobData data = JobData.of(job.data(), dataSet);
    List<ComputationGraph> networks = trained.of(job);
    try (TestPass pass = TestPass.of(networks, heads, data);
        ArtifactWriter artifact = store.write(key(job))) {
      AnalysisFile analysis = analyse(job, networks, pass, data, artifact);
      Predictions predictions =
          new Predictions(job.id(), data.partition().test().positions(), pass);
      artifact.write(Predictions.CSV, predictions::writeCsv);
      artifact.write(AnalysisFile.PREDICTIONS, predictions::writeParquet);
      artifact.write(AnalysisFile.FILE_NAME, out -> out.write(Json.encode(analysis)));
      Provenance provenance = Machine.here().provenance(started, 1);
      artifact.write(Provenance.FILE_NAME, out -> out.write(Json.encode(provenance)));
      if (isThere(job, weights)) {
        return false; // somebody else was first
      }
      artifact.computedFrom(weights);
      artifact.commit();
    }
    return true;
  }

  /**
   * A network that was damaged and trained again on another kind of machine has other digits, and
   * needs another analysis.
   */
  private boolean isThere(Job job, Map<ArtifactKey, String> weights) throws IOException {
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

  private AnalysisFile analyse(
      Job job,
      List<ComputationGraph> networks,
      TestPass pass,
      JobData data,
      ArtifactWriter artifact)
      throws IOException {
    Map<String, AnalysisFile.OfHead> heads = new LinkedHashMap<>();
    pass.answers()
        .keySet()
        .forEach(head -> heads.put(head.label(), Confusion.of(head, pass, dataSet.hierarchy())));
    Map<String, Reliance> reliance = new LinkedHashMap<>();
    Similarity similarity = null;
    Split split = null;
    List<Example> examples = List.of();
    Optional<TwoHemispheres> hemispheres = TwoHemispheres.of(job);
    if (hemispheres.isPresent()) {
      ComputationGraph network = networks.get(0);
      int leftFeatures = hemispheres.get().leftFeatures();
      pass.answers()
          .keySet()
          .forEach(
              head ->
                  reliance.put(head.label(), HeadReliance.of(network, head, pass, leftFeatures)));
      similarity =
          FeatureSimilarity.of(
              pass.features().toFloatMatrix(), leftFeatures, pass.fine(), pass.coarse());
      Optional<Specialists> specialists = hemispheres.get().specialists();
      if (specialists.isPresent()) {
        ComputationGraph leftAlone = trained.of(specialists.get().left()).get(0);
        ComputationGraph rightAlone = trained.of(specialists.get().right()).get(0);
        try (FourAnswers answers =
            FourAnswers.of(specialists.get(), leftAlone, rightAlone, pass, leftFeatures, data)) {
          split = new Split(answers.split());
          examples = examples(answers, List.of(leftAlone, rightAlone, network), data, artifact);
        }
      }
    }
    return new AnalysisFile(
        pass.images(),
        dataSet.hierarchy().coarseNames(),
        heads,
        split,
        similarity,
        reliance,
        examples);
  }

  private List<Example> examples(
      FourAnswers answers, List<ComputationGraph> networks, JobData data, ArtifactWriter artifact)
      throws IOException {
    List<Example> examples = new ArrayList<>();
    for (int image : answers.firstOfEachCase()) {
      examples.add(example(image, answers, networks, data, artifact));
    }
    return examples;
  }

  /**
   * @param networks left and right hemisphere alone, and the whole
   */
  private Example example(
      int image,
      FourAnswers answers,
      List<ComputationGraph> networks,
      JobData data,
      ArtifactWriter artifact)
      throws IOException {
    int position = data.partition().test().positions()[image];
    INDArray pixels = data.testImage(position).input();
    List<SaliencyMap> maps = new ArrayList<>();
    List<Head> explained = List.of(Head.FINE, Head.COARSE, Head.FINE);
    List<Integer> given = List.of(answers.left(image), answers.right(image), answers.fine(image));
    for (int i = 0; i < networks.size(); i++) {
      try (GradCam gradCam = new GradCam(networks.get(i), pixels)) {
        maps.add(gradCam.of(explained.get(i), given.get(i), (int) pixels.size(1)));
      }
    }
    String file = "saliency-%s.png".formatted(position);
    artifact.write(file, out -> SaliencyPicture.write(dataSet.test(), position, maps, out));
    Hierarchy names = dataSet.hierarchy();
    return new Example(
        file,
        position,
        answers.caseOf(image),
        List.of(
            names.fineNames().get(dataSet.test().fineLabel(position)),
            names.coarseNames().get(dataSet.test().coarseLabel(position))),
        names.fineNames().get(answers.left(image)),
        names.coarseNames().get(answers.right(image)),
        names.fineNames().get(answers.fine(image)),
        names.coarseNames().get(answers.coarse(image)));
  }
}
