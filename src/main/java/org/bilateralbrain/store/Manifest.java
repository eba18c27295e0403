package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * {@code manifest.json}: the files that make up an artifact. A manifest that was cut off is no valid JSON, hence no
 * manifest.
 *
 * @param files by name
 */
record Manifest(@JsonProperty("files") SortedMap<String, Content> files) {

  static final String FILE_NAME = "manifest.json";

  /** One file. */
  record Content(@JsonProperty("bytes") long bytes, @JsonProperty("sha256") String sha256) {}

  /** The manifest of a folder; empty if there is none that is whole. */
  static Optional<Manifest> read(FileSystem fileSystem, Path folder) throws IOException {
    byte[] json;
    try {
      json = Publisher.read(fileSystem, new Path(folder, FILE_NAME));
    } catch (FileNotFoundException absent) {
      return Optional.empty();
    }
    try {
      return Optional.of(decode(json));
    } catch (IOException cutOff) {
      return Optional.empty();
    }
  }

  /**
   * @throws IOException if it is cut off or incomplete
   */
  static Manifest decode(byte[] json) throws IOException {
    Manifest manifest = Json.decode(json, Manifest.class);
    if (manifest == null || manifest.files == null || manifest.files.isEmpty()) {
      throw new IOException("it lists no files");
    }
    for (Content content : manifest.files.values()) {
      if (content == null || content.sha256() == null) {
        throw new IOException("it lacks a file's checksum");
      }
    }
    return manifest;
  }
}
