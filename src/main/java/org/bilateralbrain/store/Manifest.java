package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * {@code manifest.json}: the files of an artifact and what it was computed from. A truncated
 * manifest is invalid JSON and counts as none.
 *
 * <p>An artifact's key names the recipe; weights made by the same recipe on two kinds of machine
 * differ in their last digits. So the manifest also records which weights the artifact contains and
 * which it was computed from.
 *
 * @param program version and commit of the program that wrote it
 * @param weights digest of the network's weights; null if the artifact contains no network
 * @param parents digests of the weights that it was computed from, by {@link ArtifactKey#toString}
 * @param files by name
 */
record Manifest(
    @JsonProperty("program") String program,
    @JsonProperty("weights") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String weights,
    @JsonProperty("parents") SortedMap<String, String> parents,
    @JsonProperty("files") SortedMap<String, Content> files) {

  static final String FILE_NAME = "manifest.json";

  /** One file. */
  record Content(@JsonProperty("bytes") long bytes, @JsonProperty("sha256") String sha256) {}

  /** What the file lacks is empty. */
  Manifest {
    files = files == null ? new TreeMap<>() : files;
    parents = parents == null ? new TreeMap<>() : parents;
  }

  /**
   * The manifest of a folder; empty if it is missing or incomplete.
   *
   * @throws UnknownFormatException if an incompatible version of the program wrote it
   */
  static Optional<Manifest> read(FileSystem fileSystem, Path folder) throws IOException {
    Path path = new Path(folder, FILE_NAME);
    byte[] json;
    try {
      json = WholeFile.read(fileSystem, path);
    } catch (FileNotFoundException absent) {
      return Optional.empty();
    }
    try {
      Manifest manifest = Json.decode(json, Manifest.class, path);
      return manifest.isComplete() ? Optional.of(manifest) : Optional.empty();
    } catch (JsonProcessingException cutOff) {
      return Optional.empty();
    }
  }

  private boolean isComplete() {
    return !files.isEmpty()
        && files.values().stream().allMatch(content -> content != null && content.sha256() != null);
  }
}
