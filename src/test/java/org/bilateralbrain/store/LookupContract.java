package org.bilateralbrain.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

/** What lookup, verify and readers report about artifacts that are damaged or outdated. */
abstract class LookupContract extends StoreFixture {

  @Test
  void aChangedByteIsDetectedByVerifyAndByReaders() throws IOException {
    commit(store, "weights", "metrics");
    overwrite(file("weights.safetensors"), "weighty".getBytes(StandardCharsets.UTF_8));

    assertThat(((Lookup.Damaged) store.verify(KEY)).reason())
        .startsWith("weights.safetensors has SHA-256");
    assertThatThrownBy(() -> store.find(KEY).orElseThrow().read("weights.safetensors"))
        .isInstanceOf(DamagedArtifactException.class)
        .hasMessageContaining(
            "Artifact hemisphere/0123456789abcdef is damaged: weights.safetensors has SHA-256");
    assertThatThrownBy(() -> store.find(KEY).orElseThrow().map("weights.safetensors"))
        .isInstanceOf(DamagedArtifactException.class);
  }

  @Test
  void truncatedAndEmptyFilesAreDetected() throws IOException {
    commit(store, "weights", "metrics");
    overwrite(file("weights.safetensors"), "wei".getBytes(StandardCharsets.UTF_8));
    assertThat(((Lookup.Damaged) store.verify(KEY)).reason())
        .isEqualTo("weights.safetensors has 3 bytes, but the manifest says 7");

    overwrite(file("weights.safetensors"), new byte[0]);
    assertThat(((Lookup.Damaged) store.verify(KEY)).reason())
        .isEqualTo("weights.safetensors has 0 bytes, but the manifest says 7");
  }

  @Test
  void aMissingFileIsDetected() throws IOException {
    commit(store, "weights", "metrics");
    fileSystem.delete(file("metrics.json"), false);

    assertThat(((Lookup.Damaged) store.verify(KEY)).reason()).isEqualTo("metrics.json is missing");
  }

  @Test
  void aTruncatedManifestCountsAsNone() throws IOException {
    commit(store, "weights", "metrics");
    Path manifest = file("manifest.json");
    byte[] whole = WholeFile.read(fileSystem, manifest);

    for (int length = 0; length < whole.length - 1; length += 30) {
      overwrite(manifest, Arrays.copyOf(whole, length));
      assertThat(store.verify(KEY))
          .as("%d of %d bytes", length, whole.length)
          .isEqualTo(new Lookup.Absent());
    }
    fileSystem.delete(manifest, false);
    assertThat(store.verify(KEY)).isEqualTo(new Lookup.Absent());
  }

  @Test
  void anArtifactIsOutdatedOnceItsParentHasOtherWeights() throws IOException {
    ArtifactKey child = new ArtifactKey("features", "child");
    commitFrom(child, Map.of(KEY, "one"));
    assertThat(store.lookup(child)).as("the parent is absent").isInstanceOf(Lookup.Present.class);

    commitWeights("one");
    assertThat(store.lookup(child)).isInstanceOf(Lookup.Present.class);
    fileSystem.delete(file("weights.safetensors"), false);
    commitWeights("two");

    Lookup.Outdated outdated =
        new Lookup.Outdated(
            "computed from other weights of %s than the store has now".formatted(KEY));
    assertThat(store.lookup(child)).isEqualTo(outdated);
    assertThat(store.verify(child)).isEqualTo(outdated);
    assertThat(store.find(child)).isEmpty();
    commitFrom(child, Map.of(KEY, "two"));
    assertThat(store.lookup(List.of(child, KEY)).get(child)).isInstanceOf(Lookup.Present.class);
  }

  private void commitFrom(ArtifactKey key, Map<ArtifactKey, String> parents) throws IOException {
    try (ArtifactWriter attempt = store.write(key)) {
      write(attempt, "train-view-0.npy", "features");
      attempt.computedFrom(parents);
      attempt.commit();
    }
  }

  private void commitWeights(String digest) throws IOException {
    try (ArtifactWriter attempt = store.write(KEY)) {
      write(attempt, "weights.safetensors", digest);
      attempt.holds(digest);
      attempt.commit();
    }
  }

  @Test
  void anUnknownFormatIsAnErrorThatNamesItsProgramAndIsNotCollected() throws IOException {
    commit(store, "weights", "metrics");
    String manifest = text(WholeFile.read(fileSystem, file("manifest.json")));
    String newer =
        manifest
            .replace("\"format\" : 2", "\"format\" : 3")
            .replace(Program.running().toString(), "bilateral 9.9");
    overwrite(file("manifest.json"), newer.getBytes(StandardCharsets.UTF_8));
    try (ArtifactWriter unfinished = store.write(KEY)) {
      write(unfinished, "weights.safetensors", "weights");

      assertThatThrownBy(() -> store.lookup(KEY))
          .isInstanceOf(UnknownFormatException.class)
          .hasMessageContaining(
              "manifest.json has format 3, written by bilateral 9.9, but this program (")
          .hasMessageContaining(") reads format 2");
      assertThat(Leftovers.list(store, Instant.now().plusSeconds(5), true)).isEmpty();
    }
    overwrite(
        file("manifest.json"),
        newer.replace("\"format\" : 3,", "").getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> store.verify(KEY))
        .hasMessageContaining("manifest.json has no format version");
  }

  @Test
  void aDamagedArtifactIsReplacedByTheNextCommit() throws Exception {
    commit(store, "weights", "metrics");
    overwrite(file("weights.safetensors"), "x".getBytes(StandardCharsets.UTF_8));
    Thread.sleep(resolutionMillis());

    commit(store, "weights", "metrics");

    present();
    assertThat(text(store.find(KEY).orElseThrow().read("weights.safetensors")))
        .isEqualTo("weights");
  }
}
