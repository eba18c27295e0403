package org.bilateralbrain.sweep;

import java.io.Serializable;
import org.bilateralbrain.store.TestResult;

/** What a task that tests a network returns to the driver. */
sealed interface TestOutcome extends Serializable {

  record Tested(TestResult result) implements TestOutcome {}

  /**
   * @param reason for people
   */
  record Failed(String reason) implements TestOutcome {}
}
