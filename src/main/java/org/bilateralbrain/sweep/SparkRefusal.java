package org.bilateralbrain.sweep;

/** Spark does not start with the settings it was given. */
public class SparkRefusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SparkRefusal(String message) {
    super(message);
  }
}
