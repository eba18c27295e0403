package org.bilateralbrain.store;

/** What the store contains under a key. */
public sealed interface Lookup {

  /**
   * An artifact that is complete as far as it was checked: see {@link Store#lookup} and {@link
   * Store#verify}.
   */
  record Present(Artifact artifact) implements Lookup {}

  /** No committed artifact. */
  record Absent() implements Lookup {}

  /**
   * An artifact whose files differ from its manifest.
   *
   * @param reason names the file and the difference
   */
  record Damaged(String reason) implements Lookup {}

  /**
   * A complete artifact, but computed from other weights than its parents have now.
   *
   * @param reason names the parent
   */
  record Outdated(String reason) implements Lookup {}
}
