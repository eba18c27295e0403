package org.bilateralbrain.train;

import java.util.EnumMap;
import java.util.Map;
import org.bilateralbrain.data.Batch;
import org.bilateralbrain.data.Batches;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.Images;
import org.bilateralbrain.data.Normalisation;
import org.bilateralbrain.data.Partition;
import org.bilateralbrain.data.Subset;
import org.bilateralbrain.grid.DataKey;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Networks.ImageShape;

/** The images of one job: its part of the shared data set, normalised as the job says. */
public record JobData(
    Partition partition, Normalisation normalisation, Map<Head, Integer> classes) {

  public static final ImageShape IMAGE_SHAPE =
      new ImageShape(Images.SIZE, Images.SIZE, Images.CHANNELS);

  /**
   * @throws DataException if the data set is not the one that the job was planned for
   */
  public static JobData of(DataKey key, DataSet dataSet) {
    if (!dataSet.digest().equals(key.digest())) {
      throw new DataException(
          "the data set has changed since the sweep was planned: its digest is %s, planned was %s"
              .formatted(dataSet.digest(), key.digest()));
    }
    Map<Head, Integer> classes = new EnumMap<>(Head.class);
    classes.put(Head.FINE, key.fineClasses());
    classes.put(Head.COARSE, key.coarseClasses());
    return new JobData(
        Partition.of(dataSet, key.rule()), new Normalisation(key.normalisation()), classes);
  }

  Batches batches(Subset subset, int batchSize) {
    return new Batches(subset, normalisation, batchSize);
  }

  Iterable<Batch> validation(int batchSize) {
    return batches(partition.validation(), batchSize).plain();
  }

  Iterable<Batch> test(int batchSize) {
    return batches(partition.test(), batchSize).plain();
  }

  /** The test images as a network reads them, in their order. */
  public Iterable<MiniBatch> testImages(int batchSize) {
    return ImageTraining.miniBatches(test(batchSize));
  }

  /** One test image, by its number in the data set's test part. */
  public MiniBatch testImage(int position) {
    Subset one = new Subset(partition.test().images(), new int[] {position});
    return ImageTraining.miniBatches(batches(one, 1).plain()).iterator().next();
  }

  int trainImages() {
    return partition.train().count();
  }
}
