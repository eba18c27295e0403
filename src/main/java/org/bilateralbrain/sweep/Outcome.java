package org.bilateralbrain.sweep;

import java.io.Serializable;

/** What a task returns to the driver: a few bytes; weights stay in the store. */
sealed interface Outcome extends Serializable {

  /**
   * @param result for people
   */
  record Done(String result) implements Outcome {}

  /**
   * @param reason for people, with a remedy where there is one
   */
  record Failed(String reason) implements Outcome {}
}
