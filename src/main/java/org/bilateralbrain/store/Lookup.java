package org.bilateralbrain.store;

/** What the store holds under a key. */
public sealed interface Lookup {

  /**
   * An artifact, whole as far as it was looked at: see {@link Store#lookup} and {@link
   * Store#verify}.
   */
  record Present(Artifact artifact) implements Lookup {}

  /** Nothing that counts. */
  record Absent() implements Lookup {}

  /**
   * A manifest whose files are not what it says.
   *
   * @param reason names the file and the difference
   */
  record Damaged(String reason) implements Lookup {}

  /**
   * A whole artifact, but computed from other weights than its parents hold now.
   *
   * @param reason names the parent
   */
  record Outdated(String reason) implements Lookup {}
}
