package org.bilateralbrain.data;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The ways through a subset, batch by batch; the last batch of an epoch may be smaller. */
public final class Batches {

  /** Pixels by which a crop may lie outside of the image, in the reference's augmentation. */
  static final int PADDING = 4;

  private final Subset subset;
  private final Normalisation normalisation;
  private final int batchSize;

  public Batches(Subset subset, Normalisation normalisation, int batchSize) {
    this.subset = subset;
    this.normalisation = normalisation;
    this.batchSize = Math.min(batchSize, Math.max(1, subset.count()));
  }

  /** The images as they are, in their own order, for testing. */
  public Iterable<Batch> plain() {
    return () -> batches(subset.positions(), () -> Batch.Crop.NONE);
  }

  /**
   * Augmented images in random order, for training. Order and augmentation follow from their
   * streams and the epoch alone.
   */
  public Iterable<Batch> epoch(Streams streams, int epoch) {
    return () -> {
      SplittableRandom random = new SplittableRandom(augmentation(streams, epoch));
      return batches(order(streams, epoch), () -> augmented(random));
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
        new SplittableRandom(Seeds.derive(augmentation(streams, epoch), "batch", index));
    return batch(order(streams, epoch), index * batchSize, () -> augmented(random));
  }

  /**
   * Augmented images in their own order; the augmentation follows from the seed and the view's
   * number alone.
   */
  public Iterable<Batch> view(long seed, int view) {
    return () -> {
      SplittableRandom random = new SplittableRandom(Seeds.derive(seed, "view", view));
      return batches(subset.positions(), () -> augmented(random));
    };
  }

  private static long augmentation(Streams streams, int epoch) {
    return Seeds.derive(streams.augmentation(), "augmentation", epoch);
  }

  private int[] order(Streams streams, int epoch) {
    return IntStream.of(Order.ofEpoch(subset.count(), streams, epoch))
        .map(index -> subset.positions()[index])
        .toArray();
  }

  /** The reference's augmentation: a crop at a random place, mirrored in half of all cases. */
  private static Batch.Crop augmented(RandomGenerator random) {
    int top = random.nextInt(2 * PADDING + 1) - PADDING;
    int left = random.nextInt(2 * PADDING + 1) - PADDING;
    return new Batch.Crop(top, left, random.nextBoolean());
  }

  private Iterator<Batch> batches(int[] order, Supplier<Batch.Crop> crops) {
    int count = (order.length + batchSize - 1) / batchSize;
    return IntStream.range(0, count)
        .mapToObj(index -> batch(order, index * batchSize, crops))
        .iterator();
  }

  private Batch batch(int[] order, int start, Supplier<Batch.Crop> crops) {
    int[] positions = Arrays.copyOfRange(order, start, Math.min(start + batchSize, order.length));
    List<Batch.Crop> decided = Stream.generate(crops).limit(positions.length).toList();
    return new Batch(subset.images(), normalisation, positions, decided);
  }
}
