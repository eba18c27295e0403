package org.bilateralbrain.data;

import java.util.Iterator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** The ways through a subset, batch by batch; the last batch of an epoch may be smaller. */
public final class Batches {

  private final Subset subset;
  private final Augmentation augmentation;
  private final int batchSize;

  public Batches(Subset subset, Normalisation normalisation, int batchSize) {
    this.subset = subset;
    this.augmentation = new Augmentation(normalisation);
    this.batchSize = Math.min(batchSize, Math.max(1, subset.count()));
  }

  /** The images as they are, in their own order, for testing. */
  public Iterable<Batch> plain() {
    return () ->
        batches(
            subset.positions(),
            (batch, slot, position) ->
                augmentation.copyPlain(subset.images(), position, batch, slot));
  }

  /**
   * Augmented images in random order, for training. Order and augmentation follow from the seed and
   * the epoch alone.
   */
  public Iterable<Batch> epoch(long seed, int epoch) {
    return () -> {
      SplittableRandom random = new SplittableRandom(Seeds.derive(seed, "augmentation", epoch));
      int[] order = Order.ofEpoch(subset.count(), seed, epoch);
      return batches(
          IntStream.of(order).map(index -> subset.positions()[index]).toArray(),
          (batch, slot, position) ->
              augmentation.copyAugmented(subset.images(), position, random, batch, slot));
    };
  }

  /** How many batches an epoch has. */
  public int count() {
    return (subset.count() + batchSize - 1) / batchSize;
  }

  /**
   * One batch of an epoch, in the order of {@link #epoch}; its augmentation follows from seed,
   * epoch and index alone.
   */
  public Batch single(long seed, int epoch, int index) {
    SplittableRandom random =
        new SplittableRandom(
            Seeds.derive(Seeds.derive(seed, "augmentation", epoch), "batch", index));
    int[] order = Order.ofEpoch(subset.count(), seed, epoch);
    return batch(
        IntStream.of(order).map(i -> subset.positions()[i]).toArray(),
        index * batchSize,
        (batch, slot, position) ->
            augmentation.copyAugmented(subset.images(), position, random, batch, slot));
  }

  /**
   * Augmented images in their own order; the augmentation follows from the seed and the view's
   * number alone.
   */
  public Iterable<Batch> view(long seed, int view) {
    return () -> {
      SplittableRandom random = new SplittableRandom(Seeds.derive(seed, "view", view));
      return batches(
          subset.positions(),
          (batch, slot, position) ->
              augmentation.copyAugmented(subset.images(), position, random, batch, slot));
    };
  }

  private interface Copy {
    void into(Batch batch, int slot, int position);
  }

  private Iterator<Batch> batches(int[] order, Copy copy) {
    int count = (order.length + batchSize - 1) / batchSize;
    return IntStream.range(0, count)
        .mapToObj(index -> batch(order, index * batchSize, copy))
        .iterator();
  }

  private Batch batch(int[] order, int start, Copy copy) {
    Batch batch = Batch.ofCapacity(Math.min(batchSize, order.length - start));
    for (int slot = 0; slot < batch.count(); slot++) {
      copy.into(batch, slot, order[start + slot]);
    }
    return batch;
  }
}
