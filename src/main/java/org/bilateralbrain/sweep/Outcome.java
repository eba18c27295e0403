package org.bilateralbrain.sweep;

import java.io.Serializable;
import org.bilateralbrain.store.ArtifactKey;

/** What came of an attempt at a job: a few bytes; weights stay in the store. */
public sealed interface Outcome extends Serializable {

  /**
   * The task says that its artifact is in the store.
   *
   * @param result for people
   */
  record Done(String result) implements Outcome {}

  /**
   * The job would fail on every machine.
   *
   * @param reason for people, with a remedy where there is one
   */
  record Impossible(String reason) implements Outcome {}

  /**
   * What the job starts from is damaged.
   *
   * @param artifact that has to be made anew
   */
  record DamagedParent(ArtifactKey artifact, String reason) implements Outcome {}

  /**
   * The attempts failed, on whatever machines Spark tried; that may be the machines' fault.
   *
   * @param reason of the last one, for people
   * @param storeFailed whether it was the store's
   */
  record Failed(String reason, boolean storeFailed) implements Outcome {}
}
