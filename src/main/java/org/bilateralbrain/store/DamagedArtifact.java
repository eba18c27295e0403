package org.bilateralbrain.store;

import java.io.IOException;

/** An artifact whose files are not what its manifest says. */
public class DamagedArtifact extends IOException {

  private static final long serialVersionUID = 1L;

  DamagedArtifact(ArtifactKey key, String reason) {
    super("Artifact %s is damaged: %s".formatted(key, reason));
  }
}
