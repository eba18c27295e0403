package org.bilateralbrain.spark;

/** Spark does not start with the settings it was given. */
public class SparkRefusalException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SparkRefusalException(String message) {
    super(message);
  }
}
