package org.bilateralbrain.store;

import java.io.IOException;

/** An artifact whose files differ from its manifest. */
public class DamagedArtifactException extends IOException {

  private static final long serialVersionUID = 1L;

  private final ArtifactKey key;
  private final String reason;

  DamagedArtifactException(ArtifactKey key, String reason) {
    super("Artifact %s is damaged: %s".formatted(key, reason));
    this.key = key;
    this.reason = reason;
  }

  /** The damaged artifact. */
  public ArtifactKey key() {
    return key;
  }

  /** The file and the difference. */
  public String reason() {
    return reason;
  }
}
