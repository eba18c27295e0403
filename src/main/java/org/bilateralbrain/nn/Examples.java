package org.bilateralbrain.nn;

import org.bilateralbrain.data.Batch;

/** A batch of network inputs with their labels. */
public sealed interface Examples {

  int count();

  /** One fine label per example. */
  int[] fine();

  /** One coarse label per example. */
  int[] coarse();

  default int[] labels(Head head) {
    return switch (head) {
      case FINE -> fine();
      case COARSE -> coarse();
    };
  }

  /**
   * Images as decisions: which ones, and how each is cropped and flipped. Engines turn these into
   * pixels.
   */
  record OfImages(Batch batch) implements Examples {

    @Override
    public int count() {
      return batch.count();
    }

    @Override
    public int[] fine() {
      return batch.fine();
    }

    @Override
    public int[] coarse() {
      return batch.coarse();
    }
  }

  /**
   * Arbitrary values in the shape of the network's input: features for heads alone, or normalised
   * pixels.
   *
   * @param values example by example, each in the order (row, column, channel)
   */
  record OfValues(float[] values, int[] fine, int[] coarse) implements Examples {

    @Override
    public int count() {
      return fine.length;
    }
  }
}
