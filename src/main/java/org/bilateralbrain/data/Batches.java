package org.bilateralbrain.data;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** The ways through a subset, batch by batch; the last batch of an epoch may be smaller. */
public final class Batches {

  private final Subset subset;
  private final Normalisation normalisation;
  private final Augmentation augmentation;
  private final int batchSize;

  /** With the reference's augmentation. */
  public Batches(Subset subset, Normalisation normalisation, int batchSize) {
    this(subset, normalisation, Augmentation.REFERENCE, batchSize);
  }

  /**
   * @param augmentation of {@linkplain #epoch epochs} and {@linkplain #view views}
   */
  public Batches(
      Subset subset, Normalisation normalisation, Augmentation augmentation, int batchSize) {
    this.subset = subset;
    this.normalisation = normalisation;
    this.augmentation = augmentation;
    this.batchSize = Math.min(batchSize, Math.max(1, subset.count()));
  }

  /** The images as they are, in their own order, for testing. */
  public Iterable<Batch> plain() {
    return () -> batches(subset.positions(), position -> Batch.Crop.NONE);
  }

  /**
   * Augmented images in random order, for training. Order and augmentation follow from their
   * streams and the epoch alone.
   */
  public Iterable<Batch> epoch(Streams streams, int epoch) {
    return () -> {
      SplittableRandom random = new SplittableRandom(seed(streams, epoch));
      Augmentation.Pass pass =
          augmentation.pass(subset.images().shape().size(), streams.augmentation(), epoch);
      return batches(order(streams, epoch), position -> pass.crop(random, position));
    };
  }

  /** How many batches an epoch has. */
  public int count() {
    return (subset.count() + batchSize - 1) / batchSize;
  }

  /**
   * One batch of an epoch, in the order of {@link #epoch}; its augmentation follows from its
   * stream, the epoch and the index alone.
   */
  public Batch single(Streams streams, int epoch, int index) {
    SplittableRandom random =
        new SplittableRandom(Seeds.derive(seed(streams, epoch), "batch", index));
    Augmentation.Pass pass =
        augmentation.pass(subset.images().shape().size(), streams.augmentation(), epoch);
    return batch(order(streams, epoch), index * batchSize, position -> pass.crop(random, position));
  }

  /**
   * Augmented images in their own order; the augmentation follows from the seed and the view's
   * number alone.
   */
  public Iterable<Batch> view(long seed, int view) {
    return () -> {
      SplittableRandom random = new SplittableRandom(Seeds.derive(seed, "view", view));
      Augmentation.Pass pass = augmentation.pass(subset.images().shape().size(), seed, view);
      return batches(subset.positions(), position -> pass.crop(random, position));
    };
  }

  private static long seed(Streams streams, int epoch) {
    return Seeds.derive(streams.augmentation(), "augmentation", epoch);
  }

  private int[] order(Streams streams, int epoch) {
    return IntStream.of(Order.ofEpoch(subset.count(), streams, epoch))
        .map(index -> subset.positions()[index])
        .toArray();
  }

  private Iterator<Batch> batches(int[] order, IntFunction<Batch.Crop> crops) {
    int count = (order.length + batchSize - 1) / batchSize;
    return IntStream.range(0, count)
        .mapToObj(index -> batch(order, index * batchSize, crops))
        .iterator();
  }

  private Batch batch(int[] order, int start, IntFunction<Batch.Crop> crops) {
    int[] positions = Arrays.copyOfRange(order, start, Math.min(start + batchSize, order.length));
    List<Batch.Crop> decided = IntStream.of(positions).mapToObj(crops).toList();
    return new Batch(subset.images(), normalisation, positions, decided);
  }
}
