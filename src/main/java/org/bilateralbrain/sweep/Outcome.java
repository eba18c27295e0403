package org.bilateralbrain.sweep;

import java.io.Serializable;
import org.bilateralbrain.store.Metrics;

/** What a task returns to the driver: a few bytes; weights stay in the store. */
sealed interface Outcome extends Serializable {

  record Trained(Metrics metrics) implements Outcome {}

  /**
   * @param reason for people, with a remedy where there is one
   */
  record Failed(String reason) implements Outcome {}
}
