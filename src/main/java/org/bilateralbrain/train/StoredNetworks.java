package org.bilateralbrain.train;

import java.io.IOException;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Store;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Networks as other jobs left them in the store. */
record StoredNetworks(Store store) {

  /**
   * @throws TrainingFailed if the job has not been done
   */
  ComputationGraph read(Job job) throws IOException {
    return NetworkFile.read(artifact(job).read(TrainedNetwork.NETWORK_FILE));
  }

  Artifact artifact(Job job) throws IOException {
    return store
        .find(key(job))
        .orElseThrow(() -> new TrainingFailed("the artifact of the %s is not in the store".formatted(job.title())));
  }

  static ArtifactKey key(Job job) {
    return new ArtifactKey(job.kind(), job.id());
  }
}
