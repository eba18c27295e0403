package org.bilateralbrain.cli;

/** There is nothing of what a command was asked about; the message says what to do. */
final class NothingThereException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NothingThereException(String message) {
    super(message);
  }
}
