package org.bilateralbrain.store;

/** What the store holds under a key. */
public sealed interface Lookup {

  /** An artifact, whole if every byte was verified ({@link Store#look}), else as far as its manifest tells. */
  record Present(Artifact artifact) implements Lookup {}

  /** Nothing that counts. */
  record Absent() implements Lookup {}

  /**
   * A manifest whose files are not what it says.
   *
   * @param reason names the file and the difference
   */
  record Damaged(String reason) implements Lookup {}
}
