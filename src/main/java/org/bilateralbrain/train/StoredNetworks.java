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
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.Hierarchy;
import org.bilateralbrain.grid.EnsembleJob;
import org.bilateralbrain.grid.FeaturesJob;
import org.bilateralbrain.grid.Hemisphere;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.grid.NetworkJob;
import org.bilateralbrain.grid.PretrainedHemisphereJob;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Store;

/**
 * Networks as other jobs left them in the store. A job's id names a recipe, not weights, so this
 * remembers whose weights were read.
 */
public final class StoredNetworks {

  /** A trained network. */
  public record Stored(Architecture architecture, Weights weights) {}

  private final Store store;
  private final PretrainedHemispheres pretrained;
  private final Map<ArtifactKey, String> digests = new LinkedHashMap<>();

  public StoredNetworks(Store store, PretrainedHemispheres pretrained) {
    this.store = store;
    this.pretrained = pretrained;
  }

  /** Of a store, whose networks tell the classes of a data set apart. */
  public static StoredNetworks of(Store store, DataSet dataSet, Configuration hadoop) {
    Hierarchy hierarchy = dataSet.hierarchy();
    return new StoredNetworks(
        store,
        new PretrainedHemispheres(hadoop, hierarchy.fineClasses(), hierarchy.coarseClasses()));
  }

  static ArtifactKey key(Job job) {
    return new ArtifactKey(job.kind(), job.id());
  }

  /**
   * The network of a job that is in the store.
   *
   * @throws FileNotFoundException if the job has not been done
   */
  Stored read(NetworkJob job) throws IOException {
    Artifact artifact = artifact(job);
    Architecture architecture = job.architecture();
    Weights weights = WeightsFile.read(artifact, architecture);
    digests.put(artifact.key(), artifact.weights().orElse(""));
    return new Stored(architecture, weights);
  }

  /**
   * The network behind a job's result, or the members of an ensemble; hemispheres that a
   * configuration names are read from where they are.
   *
   * @throws FileNotFoundException if one is not there
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
        job instanceof PretrainedHemisphereJob given
            ? pretrained.load(given)
            : read((NetworkJob) job));
  }

  /** Whether everything that {@link #readAll} reads is there. */
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
        || store.lookup(key(job)) instanceof Lookup.Present;
  }

  /** Digests of the weights that were read, by their artifacts. */
  Map<ArtifactKey, String> digests() {
    return Collections.unmodifiableMap(digests);
  }

  /**
   * Digests of the weights that the given jobs' artifacts hold. A checkpoint that a job names is
   * known by the job's own id, whether it has been taken over into the store or not.
   */
  public Map<ArtifactKey, String> digests(List<Job> jobs) throws IOException {
    Map<ArtifactKey, String> ofJobs = new LinkedHashMap<>();
    for (Job job : jobs) {
      if (!(job instanceof PretrainedHemisphereJob)) {
        ofJobs.put(key(job), artifact(job).weights().orElse(""));
      }
    }
    return ofJobs;
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
    String ofHemisphere = Objects.requireNonNull(digests.get(hemisphere));
    if (!ofHemisphere.equals(computedFrom)) {
      throw new IOException(
          "%s were computed from the weights %s of %s, which now holds %s"
              .formatted(features.key(), computedFrom, hemisphere, ofHemisphere));
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
