package org.bilateralbrain.analysis;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.grid.EnsembleJob;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Engine;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Prediction;
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

/**
 * Saliency maps of any network for requested test images: one artifact per network and request,
 * with a picture for each image and head.
 */
public final class RequestedSaliency {

  private final Engine engine;
  private final Store store;
  private final DataSet dataSet;
  private final StoredNetworks trained;

  public RequestedSaliency(Engine engine, Store store, StoredNetworks trained, DataSet dataSet) {
    this.engine = engine;
    this.store = store;
    this.dataSet = dataSet;
    this.trained = trained;
  }

  /**
   * Computes and commits a network's maps unless intact ones of the same weights are in the store.
   *
   * @param heads those of the job's network, fine before coarse
   * @param images positions in the test set, in ascending order
   * @return whether they had to be computed
   * @throws java.io.FileNotFoundException if the network isn't in the store
   */
  public boolean run(Job job, List<Head> heads, List<Integer> images) throws IOException {
    ArtifactKey key = SaliencyFile.key(JobRunner.key(job), images);
    Map<ArtifactKey, String> weights =
        trained.digests(job instanceof EnsembleJob ? new ArrayList<>(job.parents()) : List.of(job));
    if (store.verify(key) instanceof Lookup.Present present
        && present.artifact().parents().equals(weights)) {
      return false;
    }
    Instant started = Instant.now();
    JobData data = JobData.of(job.data(), dataSet);
    try (Ensemble network = Ensemble.of(engine, trained.readAll(job));
        ArtifactWriter artifact = store.write(key)) {
      List<SaliencyFile.Picture> pictures = new ArrayList<>();
      for (int image : images) {
        pictures.addAll(pictures(image, data.testImage(image), network, heads, artifact));
      }
      artifact.write(
          SaliencyFile.FILE_NAME, out -> out.write(Json.encode(new SaliencyFile(pictures))));
      Provenance provenance = Machine.of(engine).provenance(started, 1);
      artifact.write(Provenance.FILE_NAME, out -> out.write(Json.encode(provenance)));
      artifact.computedFrom(weights);
      artifact.commit();
    }
    return true;
  }

  private List<SaliencyFile.Picture> pictures(
      int position, Examples image, Ensemble network, List<Head> heads, ArtifactWriter artifact)
      throws IOException {
    Prediction prediction = network.predict(image);
    List<SaliencyFile.Picture> pictures = new ArrayList<>();
    for (Head head : heads) {
      int target = prediction.classes(head)[0];
      List<Explanation.Column> columns =
          Explanation.of(network.members(), image, head, target).withParts(dataSet.hierarchy());
      String file =
          SaliencyPicture.fileName(position, head.label(), columns.get(0).description().name());
      pictures.add(SaliencyPicture.write(dataSet, position, columns, file, artifact));
    }
    return pictures;
  }
}
