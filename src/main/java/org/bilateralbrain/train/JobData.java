package org.bilateralbrain.train;

import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.bilateralbrain.data.Augmentation;
import org.bilateralbrain.data.Batch;
import org.bilateralbrain.data.Batches;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.Hierarchy;
import org.bilateralbrain.data.Normalisation;
import org.bilateralbrain.data.Partition;
import org.bilateralbrain.data.Subset;
import org.bilateralbrain.grid.DataKey;
import org.bilateralbrain.nn.Examples;

/**
 * The images of one job: its partition of the shared data set, its normalisation, and the hierarchy
 * of classes.
 */
public record JobData(Partition partition, Normalisation normalisation, Hierarchy hierarchy) {

  /**
   * @throws DataException if the data set isn't the one that the job was planned for
   */
  public static JobData of(DataKey key, DataSet dataSet) {
    if (!dataSet.digest().equals(key.digest())) {
      throw new DataException(
          "the data set has changed since the sweep was planned: its digest is %s, not %s"
              .formatted(dataSet.digest(), key.digest()));
    }
    return new JobData(
        Partition.of(dataSet, key.rule()),
        new Normalisation(key.normalisation()),
        dataSet.hierarchy());
  }

  /** The training images, for epochs or views. */
  Batches training(Augmentation augmentation, int batchSize) {
    return new Batches(partition.train(), normalisation, augmentation, batchSize);
  }

  private Iterable<Batch> unchanged(Subset subset, int batchSize) {
    return new Batches(subset, normalisation, batchSize).plain();
  }

  /** The validation images in order, without augmentation. */
  Iterable<Examples> validation(int batchSize) {
    return examples(unchanged(partition.validation(), batchSize));
  }

  /** The test images in order, without augmentation. */
  public Iterable<Examples> test(int batchSize) {
    return examples(unchanged(partition.test(), batchSize));
  }

  /**
   * A batch of one test image.
   *
   * @param position in the data set's test part
   */
  public Examples testImage(int position) {
    Subset one = new Subset(partition.test().images(), new int[] {position});
    return new Examples.OfImages(unchanged(one, 1).iterator().next());
  }

  int trainImages() {
    return partition.train().count();
  }

  static Iterable<Examples> examples(Iterable<Batch> batches) {
    return mapped(batches, Examples.OfImages::new);
  }

  /** Converts each element lazily. */
  static <A> Iterable<Examples> mapped(Iterable<A> source, Function<A, Examples> conversion) {
    return () -> StreamSupport.stream(source.spliterator(), false).map(conversion).iterator();
  }
}
