package org.bilateralbrain.nn;

import java.io.Serializable;

/**
 * Averages what several workers have come to from the same snapshot: weights, running statistics
 * and moments.
 *
 * @param <S> a sum of snapshots that can travel between machines
 */
public interface Averaging<S> extends Serializable {

  /** What a sum starts from. */
  S none();

  S add(S sum, Snapshot snapshot);

  S combine(S sum, S other);

  /**
   * @param like any of the snapshots that were added
   */
  Snapshot mean(S sum, Snapshot like);
}
