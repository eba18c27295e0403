package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.util.SortedMap;

/**
 * {@code manifest.json}: the files that make up an artifact. A manifest that was cut off is no valid JSON, hence no
 * manifest.
 *
 * @param files by name
 */
record Manifest(@JsonProperty("files") SortedMap<String, Content> files) {

  static final String FILE_NAME = "manifest.json";

  /**
   * One file.
   *
   * @param path where it lies, relative to the artifact's folder: each attempt at the artifact writes into a folder of
   *     its own, so that two that run at the same time can't mix their files
   */
  record Content(
      @JsonProperty("path") String path,
      @JsonProperty("bytes") long bytes,
      @JsonProperty("sha256") String sha256) {}

  /**
   * @throws IOException if it is cut off or incomplete
   */
  static Manifest decode(byte[] json) throws IOException {
    Manifest manifest = Json.decode(json, Manifest.class);
    if (manifest == null || manifest.files == null || manifest.files.isEmpty()) {
      throw new IOException("it lists no files");
    }
    for (Content content : manifest.files.values()) {
      if (content == null || content.path() == null || content.path().isBlank() || content.sha256() == null) {
        throw new IOException("it lacks a file's path or checksum");
      }
    }
    return manifest;
  }
}
