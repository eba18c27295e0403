package org.bilateralbrain.nn;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Averages what several workers have come to from the same snapshot: weights, running statistics
 * and moments.
 *
 * @param <S> a sum of snapshots that can travel between machines
 */
public interface Averaging<S> extends Serializable {

  /** What a sum starts from; null if the first snapshot starts it. */
  @Nullable S none();

  S add(@Nullable S sum, Snapshot snapshot);

  @Nullable S combine(@Nullable S sum, @Nullable S other);

  /**
   * @param like any of the snapshots that were added
   */
  Snapshot mean(S sum, Snapshot like);
}
