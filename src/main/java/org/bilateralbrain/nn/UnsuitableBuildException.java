package org.bilateralbrain.nn;

/**
 * This build of the program can't do what is wanted of it, on whatever machine; the message says
 * which build can.
 */
public class UnsuitableBuildException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public UnsuitableBuildException(String message) {
    super(message);
  }
}
