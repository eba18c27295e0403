package org.bilateralbrain.train;

import org.bilateralbrain.store.Progress;

/** Hears how far a training is, after every step. */
public interface ProgressListener {
  void update(Progress progress);
}
