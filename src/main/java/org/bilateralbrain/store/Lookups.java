package org.bilateralbrain.store;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lookups at one moment: an artifact that many others were computed from is looked up once.
 *
 * <p>Of several complete artifacts under one key, the one committed first counts, so that a late
 * attempt invalidates nothing that was computed in the meantime.
 */
final class Lookups {

  private final Store store;
  private final Map<ArtifactKey, Lookup> known = new ConcurrentHashMap<>();

  Lookups(Store store) {
    this.store = store;
  }

  /** Compares the lengths of the files with the manifest. */
  Lookup lookup(ArtifactKey key) throws IOException {
    Lookup lookup = known.get(key);
    if (lookup == null) {
      lookup = search(key, false);
      known.put(key, lookup);
    }
    return lookup;
  }

  /** Reads every file and compares its checksum with the manifest. */
  Lookup verify(ArtifactKey key) throws IOException {
    return search(key, true);
  }

  private Lookup search(ArtifactKey key, boolean readsBytes) throws IOException {
    List<Artifact> committed = store.artifacts(key).committed();
    Lookup lookup = new Lookup.Absent();
    for (Artifact artifact : committed) {
      Optional<String> damage = artifact.firstWrongLength();
      Optional<String> otherWeights =
          damage.isPresent() ? Optional.empty() : otherWeights(artifact);
      // If there are several, one of them may be damaged: lengths alone are not enough.
      if (damage.isEmpty() && otherWeights.isEmpty() && (readsBytes || committed.size() > 1)) {
        damage = artifact.firstDamage();
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
   * An absent parent invalidates nothing: hemispheres are no longer needed once their bilateral
   * network is in the store.
   */
  private Optional<String> otherWeights(Artifact artifact) throws IOException {
    for (Map.Entry<ArtifactKey, String> parent : artifact.parents().entrySet()) {
      Lookup now = lookup(parent.getKey());
      boolean differs =
          now instanceof Lookup.Outdated
              || (now instanceof Lookup.Present present
                  && !present.artifact().weights().equals(Optional.of(parent.getValue())));
      if (differs) {
        return Optional.of(
            "computed from other weights of %s than the store has now".formatted(parent.getKey()));
      }
    }
    return Optional.empty();
  }
}
