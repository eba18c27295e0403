package org.bilateralbrain.train;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.grid.Checkpoint;
import org.bilateralbrain.grid.EnsembleJob;
import org.bilateralbrain.grid.FeaturesJob;
import org.bilateralbrain.grid.Hemisphere;
import org.bilateralbrain.grid.HemisphereJob;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.grid.NetworkJob;
import org.bilateralbrain.grid.PretrainedJob;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Store;

/**
 * Reads trained networks from the store. A job's id names a recipe, not weights, so this also
 * records the digests of the weights read.
 */
public final class StoredNetworks {

  /** A trained network. */
  public record Stored(Architecture architecture, Weights weights) {}

  private final Store store;
  private final PretrainedNetworks pretrained;
  private final Map<ArtifactKey, String> digests = new LinkedHashMap<>();

  StoredNetworks(Store store, PretrainedNetworks pretrained) {
    this.store = store;
    this.pretrained = pretrained;
  }

  /** Networks in a store, and pretrained ones. */
  public static StoredNetworks of(Store store, Configuration hadoop) {
    return new StoredNetworks(store, new PretrainedNetworks(hadoop));
  }

  static ArtifactKey key(Job job) {
    return new ArtifactKey(job.kind(), job.id());
  }

  /**
   * The network that a job has left in the store.
   *
   * @throws FileNotFoundException if it isn't there
   */
  Stored read(NetworkJob job) throws IOException {
    Artifact artifact = artifact(job);
    Architecture architecture = job.architecture();
    Weights weights = WeightsFile.read(artifact, architecture);
    digests.put(artifact.key(), artifact.weights().orElse(""));
    return new Stored(architecture, weights);
  }

  /**
   * A job's network, or the members of an ensemble. Pretrained networks are read from their
   * original location.
   *
   * @throws FileNotFoundException if one isn't in the store
   */
  public List<Stored> readAll(Job job) throws IOException {
    if (job instanceof EnsembleJob ensemble) {
      List<Stored> members = new ArrayList<>();
      for (Hemisphere member : ensemble.members()) {
        members.addAll(readAll(member));
      }
      return members;
    }
    return List.of(
        job instanceof PretrainedJob checkpoint ? pretrained(checkpoint) : read((NetworkJob) job));
  }

  /** A pretrained network, read from its original location. */
  Stored pretrained(PretrainedJob job) {
    return pretrained.load(job.checkpoint(), job.architecture(), "the " + job.title());
  }

  /** The weights that a hemisphere is trained further from. */
  Weights start(HemisphereJob job, Checkpoint checkpoint) {
    return pretrained.load(checkpoint, job.architecture(), "the " + job.title()).weights();
  }

  /**
   * Whether everything that {@link #readAll} reads exists, judged by manifests. Pretrained networks
   * are assumed to exist.
   */
  public boolean arePresent(Job job) throws IOException {
    if (job instanceof EnsembleJob ensemble) {
      for (Hemisphere member : ensemble.members()) {
        if (!arePresent(member)) {
          return false;
        }
      }
      return true;
    }
    return job instanceof PretrainedJob || store.lookup(key(job)) instanceof Lookup.Present;
  }

  /** Digests of the weights read so far, by artifact. */
  Map<ArtifactKey, String> digests() {
    return Collections.unmodifiableMap(digests);
  }

  /**
   * Digests of the weights in the jobs' artifacts. Pretrained networks are left out: their job's id
   * contains the digest of their file.
   */
  public Map<ArtifactKey, String> digests(List<Job> jobs) throws IOException {
    Map<ArtifactKey, String> byArtifact = new LinkedHashMap<>();
    for (Job job : jobs) {
      if (!(job instanceof PretrainedJob)) {
        byArtifact.put(key(job), artifact(job).weights().orElse(""));
      }
    }
    return byArtifact;
  }

  /**
   * The features of a hemisphere that has been read.
   *
   * @throws IOException if they are missing or were computed from other weights
   */
  Artifact features(FeaturesJob job) throws IOException {
    Artifact features = artifact(job);
    ArtifactKey hemisphere = key(job.hemisphere());
    String computedFrom = features.parents().get(hemisphere);
    String current = Objects.requireNonNull(digests.get(hemisphere));
    if (!current.equals(computedFrom)) {
      throw new IOException(
          "%s was computed from the weights %s of %s, which now holds %s"
              .formatted(features.key(), computedFrom, hemisphere, current));
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
