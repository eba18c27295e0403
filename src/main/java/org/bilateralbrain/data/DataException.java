package org.bilateralbrain.data;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;

/** A data set that can't be used as it is; the message names the file, what is wrong with it and what to do. */
public class DataException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public DataException(String message) {
    super(message);
  }

  public DataException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Whether trying again can help: the file system failed, not the file. */
  public boolean mayPass() {
    return getCause() instanceof IOException
        && !(getCause() instanceof FileNotFoundException)
        && !(getCause() instanceof EOFException);
  }
}
