package org.bilateralbrain.store;

import java.io.Serializable;

/**
 * The name of an artifact.
 *
 * @param kind of artifact, also a folder name
 * @param id hash of everything that it depends on
 */
public record ArtifactKey(String kind, String id) implements Serializable {

  /** Reads what {@link #toString} wrote. */
  static ArtifactKey parse(String text) {
    int slash = text.indexOf('/');
    return new ArtifactKey(text.substring(0, slash), text.substring(slash + 1));
  }

  @Override
  public String toString() {
    return kind + "/" + id;
  }
}
