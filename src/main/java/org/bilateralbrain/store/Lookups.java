package org.bilateralbrain.store;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lookups of one moment: an artifact that many others were computed from is looked up once.
 *
 * <p>Of several whole artifacts under one key the first that was committed counts, so that an
 * attempt that ends late changes nothing that was computed in the meantime.
 */
final class Lookups {

  private final Store store;
  private final Map<ArtifactKey, Lookup> known = new ConcurrentHashMap<>();

  Lookups(Store store) {
    this.store = store;
  }

  /** Believes the manifest's digests, and compares lengths alone. */
  Lookup of(ArtifactKey key) throws IOException {
    Lookup lookup = known.get(key);
    if (lookup == null) {
      lookup = lookUp(key, false);
      known.put(key, lookup);
    }
    return lookup;
  }

  /** Reads every byte. */
  Lookup verified(ArtifactKey key) throws IOException {
    return lookUp(key, true);
  }

  private Lookup lookUp(ArtifactKey key, boolean readsBytes) throws IOException {
    List<Artifact> committed = store.artifacts(key).committed();
    Lookup lookup = new Lookup.Absent();
    for (Artifact artifact : committed) {
      Optional<String> damage = artifact.wrongLength();
      Optional<String> otherWeights =
          damage.isPresent() ? Optional.empty() : otherWeights(artifact);
      if (damage.isEmpty() && otherWeights.isEmpty() && (readsBytes || committed.size() > 1)) {
        damage =
            artifact
                .wrongByte(); // there are several because one of them is damaged, or will be taken
        // for it
      }
      if (damage.isEmpty() && otherWeights.isEmpty()) {
        return new Lookup.Present(artifact);
      }
      lookup =
          damage
              .<Lookup>map(Lookup.Damaged::new)
              .orElseGet(() -> new Lookup.Outdated(otherWeights.get()));
    }
    return lookup;
  }

  /**
   * A parent that is absent contradicts nothing: hemispheres aren't needed once their bilateral
   * network is there.
   */
  private Optional<String> otherWeights(Artifact artifact) throws IOException {
    for (Map.Entry<ArtifactKey, String> parent : artifact.parents().entrySet()) {
      Lookup now = of(parent.getKey());
      boolean differs =
          now instanceof Lookup.Outdated
              || now instanceof Lookup.Present present
                  && !present.artifact().weights().equals(Optional.of(parent.getValue()));
      if (differs) {
        return Optional.of(
            "computed from other weights of %s than are there now".formatted(parent.getKey()));
      }
    }
    return Optional.empty();
  }
}
