package org.bilateralbrain.train;

/**
 * A failure that would recur on every machine; the message gives the reason and a remedy. Any other
 * failure may be the machine's or the store's.
 */
public class PermanentFailureException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public PermanentFailureException(String message) {
    super(message);
  }

  /**
   * @param what where it shows, up to the word "epoch": "the loss is NaN in"
   * @param epoch from 1
   */
  public static PermanentFailureException diverged(String what, int epoch) {
    return new PermanentFailureException(
        "%s epoch %s: the training has diverged; try a lower learning rate".formatted(what, epoch));
  }
}
