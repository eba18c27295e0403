package org.bilateralbrain.sweep;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.store.ArtifactKey;

/** The outcome of an attempt at a job. Small, because weights stay in the store. */
public sealed interface Outcome extends Serializable {

  /**
   * The task reports that its artifact is in the store.
   *
   * @param result a description for people
   */
  record Done(String result) implements Outcome {}

  /**
   * The job would fail on every machine.
   *
   * @param reason for people, with a remedy where there is one
   */
  record Impossible(String reason) implements Outcome {}

  /**
   * The training saved a checkpoint and stopped, because its driver has pruned it.
   *
   * @param validation accuracies by head label after its last epoch
   * @param validationByEpoch mean validation accuracy over heads after each epoch
   */
  record Pruned(Map<String, Double> validation, List<Double> validationByEpoch)
      implements Outcome {}

  /**
   * The training saved a checkpoint and stopped, to go on elsewhere.
   *
   * @param reason for people
   * @param epochs done so far
   */
  record Moved(String reason, int epochs) implements Outcome {}

  /**
   * An artifact from which the job starts is damaged.
   *
   * @param artifact the damaged artifact, which has to be computed again
   */
  record DamagedParent(ArtifactKey artifact, String reason) implements Outcome {}

  /**
   * All of Spark's attempts failed, perhaps because of the machines.
   *
   * @param reason of the last failure, for people
   * @param storeFailed whether the store caused the last failure
   */
  record Failed(String reason, boolean storeFailed) implements Outcome {}
}
