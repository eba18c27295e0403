package org.bilateralbrain.data;

/**
 * A file of a data set or of weights that can't be used; the message names the file, the problem
 * and a remedy if there is one.
 */
public class DataException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public DataException(String message) {
    super(message);
  }

  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
