package org.bilateralbrain.train;

/**
 * A job that would fail on every machine, however often it is tried; the message gives the reason
 * and the remedy. All other failures may be the machine's or the store's.
 */
public class PermanentFailureException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public PermanentFailureException(String message) {
    super(message);
  }

  public static PermanentFailureException diverged(String what, int epoch) {
    return new PermanentFailureException(
        "%s epoch %s: the training has diverged; try a lower learning rate".formatted(what, epoch));
  }
}
