package org.bilateralbrain.spark;

import java.io.IOException;

/**
 * How a task tells its driver, through Spark, which passes on an exception's text alone, that the
 * store failed.
 */
final class StoreFailureException extends IOException {

  private static final long serialVersionUID = 1L;

  StoreFailureException(IOException cause) {
    super(
        "the store failed: " + (cause.getMessage() == null ? cause.toString() : cause.getMessage()),
        cause);
  }
}
