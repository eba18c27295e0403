package org.bilateralbrain.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.grid.EnsembleJob;
import org.bilateralbrain.grid.GivenHemisphereJob;
import org.bilateralbrain.grid.Hemisphere;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Store;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** The networks behind jobs' results: what the store holds, and hemispheres that a job names. */
public final class TrainedNetworks {

  private final Store store;
  private final GivenHemispheres givenHemispheres;

  public TrainedNetworks(Store store, DataSet dataSet, Configuration hadoop) {
    this.store = store;
    this.givenHemispheres = new GivenHemispheres(hadoop, dataSet.hierarchy());
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
    return job instanceof GivenHemisphereJob || store.glance(StoredNetworks.key(job)) instanceof Lookup.Present;
  }

  /** SHA-256 of each job's network; what a job names is known by its digest. */
  public List<String> digests(List<Job> jobs) throws IOException {
    List<String> digests = new ArrayList<>();
    for (Job job : jobs) {
      digests.add(
          job instanceof GivenHemisphereJob given
              ? given.digest()
              : new StoredNetworks(store).artifact(job).sha256(TrainedNetwork.NETWORK_FILE));
    }
    return digests;
  }

  /**
   * One network, or the members of an ensemble.
   *
   * @throws TrainingFailed if one is not there
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
        job instanceof GivenHemisphereJob given ? givenHemispheres.load(given) : new StoredNetworks(store).read(job));
  }
}
