package org.bilateralbrain.nn;

/** A file is not one of the weights that are expected; the message says how it differs. */
public class InvalidWeightsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public InvalidWeightsException(String message) {
    super(message);
  }
}
