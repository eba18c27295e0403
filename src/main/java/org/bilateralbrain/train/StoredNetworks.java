package org.bilateralbrain.train;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bilateralbrain.grid.FeaturesJob;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Store;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Networks as other jobs left them in the store. A job's id names a recipe, not weights, so this
 * remembers whose weights were read.
 */
final class StoredNetworks {

  private final Store store;
  private final Map<ArtifactKey, String> digests = new LinkedHashMap<>();

  StoredNetworks(Store store) {
    this.store = store;
  }

  static ArtifactKey key(Job job) {
    return new ArtifactKey(job.kind(), job.id());
  }

  /**
   * @throws FileNotFoundException if the job has not been done
   */
  ComputationGraph read(Job job) throws IOException {
    Artifact artifact = artifact(job);
    ComputationGraph network = NetworkFile.read(artifact.read(TrainedNetwork.NETWORK_FILE));
    digests.put(artifact.key(), artifact.weights().orElse(""));
    return network;
  }

  /** Digests of the weights that were read, by their artifacts. */
  Map<ArtifactKey, String> digests() {
    return Collections.unmodifiableMap(digests);
  }

  /**
   * The features of a hemisphere that was read before.
   *
   * @throws IOException if there are none that were computed from the same weights
   */
  Artifact features(FeaturesJob job) throws IOException {
    Artifact features = artifact(job);
    ArtifactKey hemisphere = key(job.hemisphere());
    String computedFrom = features.parents().get(hemisphere);
    if (!digests.get(hemisphere).equals(computedFrom)) {
      throw new IOException(
          "%s were computed from the weights %s of %s, which now holds %s"
              .formatted(features.key(), computedFrom, hemisphere, digests.get(hemisphere)));
    }
    return features;
  }

  private Artifact artifact(Job job) throws IOException {
    Lookup lookup = store.lookup(key(job));
    if (lookup instanceof Lookup.Present present) {
      return present.artifact();
    }
    String reason =
        lookup instanceof Lookup.Damaged damaged
            ? "is damaged: " + damaged.reason()
            : lookup instanceof Lookup.Outdated outdated
                ? "was " + outdated.reason()
                : "is not in the store";
    throw new FileNotFoundException(
        "the artifact %s of the %s %s".formatted(key(job), job.title(), reason));
  }
}
