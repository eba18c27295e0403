package org.bilateralbrain.store;

import java.io.IOException;

/** An artifact whose files are not what its manifest says. */
public class DamagedArtifactException extends IOException {

  private static final long serialVersionUID = 1L;

  private final ArtifactKey key;
  private final String reason;

  DamagedArtifactException(ArtifactKey key, String reason) {
    super("Artifact %s is damaged: %s".formatted(key, reason));
    this.key = key;
    this.reason = reason;
  }

  /** Which one. */
  public ArtifactKey key() {
    return key;
  }

  /** Names the file and the difference. */
  public String reason() {
    return reason;
  }
}
