package org.bilateralbrain.train;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.grid.EnsembleJob;
import org.bilateralbrain.grid.Hemisphere;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.grid.PretrainedHemisphereJob;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Store;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** The networks behind jobs' results: what the store holds, and hemispheres that a job names. */
public final class TrainedNetworks {

  private final Store store;
  private final PretrainedHemispheres pretrained;

  public TrainedNetworks(Store store, DataSet dataSet, Configuration hadoop) {
    this.store = store;
    this.pretrained =
        new PretrainedHemispheres(
            hadoop, dataSet.hierarchy().fineClasses(), dataSet.hierarchy().coarseClasses());
  }

  /** Whether everything that a test of this job's result needs is there. */
  public boolean areThere(Job job) throws IOException {
    if (job instanceof EnsembleJob ensemble) {
      for (Hemisphere member : ensemble.members()) {
        if (!areThere(member)) {
          return false;
        }
      }
      return true;
    }
    return job instanceof PretrainedHemisphereJob
        || store.lookup(StoredNetworks.key(job)) instanceof Lookup.Present;
  }

  /**
   * Digests of the weights that the given jobs' artifacts hold. A checkpoint that a job names is
   * known by the job's own id, whether it has been taken over into the store or not.
   */
  public Map<ArtifactKey, String> digests(List<Job> jobs) throws IOException {
    Map<ArtifactKey, String> digests = new LinkedHashMap<>();
    for (Job job : jobs) {
      if (!(job instanceof PretrainedHemisphereJob)) {
        ArtifactKey key = StoredNetworks.key(job);
        Artifact artifact =
            store
                .find(key)
                .orElseThrow(() -> new FileNotFoundException(key + " is not in the store"));
        digests.put(key, artifact.weights().orElse(""));
      }
    }
    return digests;
  }

  /**
   * One network, or the members of an ensemble.
   *
   * @throws java.io.FileNotFoundException if one is not there
   */
  public List<ComputationGraph> of(Job job) throws IOException {
    if (job instanceof EnsembleJob ensemble) {
      List<ComputationGraph> members = new ArrayList<>();
      for (Hemisphere member : ensemble.members()) {
        members.addAll(of(member));
      }
      return members;
    }
    return List.of(
        job instanceof PretrainedHemisphereJob given
            ? pretrained.load(given)
            : new StoredNetworks(store).read(job));
  }
}
