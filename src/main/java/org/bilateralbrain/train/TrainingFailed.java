package org.bilateralbrain.train;

/** A training that can't succeed however often it is tried; the message gives the reason and the remedy. */
public class TrainingFailed extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public TrainingFailed(String message) {
    super(message);
  }

  public static TrainingFailed diverged(String what, int epoch) {
    return new TrainingFailed(
        "%s epoch %s: the training has diverged; try a lower learning rate".formatted(what, epoch));
  }
}
