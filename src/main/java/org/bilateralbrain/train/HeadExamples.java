package org.bilateralbrain.train;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.bilateralbrain.data.Batches;
import org.bilateralbrain.data.Images;
import org.bilateralbrain.data.Order;
import org.bilateralbrain.data.Streams;
import org.bilateralbrain.data.Subset;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.train.Training.ExampleSource;

/**
 * The concatenated features, left before right, on which heads are trained, validated and tested.
 */
interface HeadExamples extends ExampleSource {

  /**
   * Batch size with which the features were computed; they depend on it if k-winners select over a
   * batch.
   */
  int featureBatchSize();

  /** The test images' features in batches of {@link #featureBatchSize}. */
  Iterable<Examples> testInFeatureBatches();

  /**
   * Features computed once and stored for several views of each training image; epochs cycle
   * through the views.
   */
  final class Cached implements HeadExamples {

    private final JobData data;
    private final int batchSize;
    private final Streams streams;
    private final StoredFeatures left;
    private final StoredFeatures right;

    Cached(
        JobData data, int batchSize, Streams streams, StoredFeatures left, StoredFeatures right) {
      this.data = data;
      this.batchSize = batchSize;
      this.streams = streams;
      this.left = left;
      this.right = right;
    }

    @Override
    public Iterable<Examples> epoch(int epoch) {
      int view = epoch % left.views().size();
      Subset train = data.partition().train();
      return batches(
          Order.ofEpoch(train.count(), streams, epoch),
          batchSize,
          train,
          left.views().get(view),
          right.views().get(view));
    }

    @Override
    public Iterable<Examples> validation() {
      return inOrder(data.partition().validation(), left.validation(), right.validation());
    }

    @Override
    public Iterable<Examples> test() {
      return inOrder(data.partition().test(), left.test(), right.test());
    }

    @Override
    public JobData data() {
      return data;
    }

    @Override
    public int featureBatchSize() {
      return FeatureExtraction.BATCH_SIZE;
    }

    @Override
    public Iterable<Examples> testInFeatureBatches() {
      Subset test = data.partition().test();
      return batches(
          IntStream.range(0, test.count()).toArray(),
          featureBatchSize(),
          test,
          left.test(),
          right.test());
    }

    private Iterable<Examples> inOrder(Subset subset, FloatBuffer leftRows, FloatBuffer rightRows) {
      return batches(
          IntStream.range(0, subset.count()).toArray(), batchSize, subset, leftRows, rightRows);
    }

    private Iterable<Examples> batches(
        int[] order, int size, Subset subset, FloatBuffer leftRows, FloatBuffer rightRows) {
      int count = (order.length + size - 1) / size;
      return () -> {
        Iterator<Integer> indices = IntStream.range(0, count).iterator();
        return new Iterator<>() {
          @Override
          public boolean hasNext() {
            return indices.hasNext();
          }

          @Override
          public Examples next() {
            int start = indices.next() * size;
            int[] rows = Arrays.copyOfRange(order, start, Math.min(start + size, order.length));
            return batch(rows, subset, leftRows, rightRows);
          }
        };
      };
    }

    private Examples batch(int[] rows, Subset subset, FloatBuffer leftRows, FloatBuffer rightRows) {
      int width = left.features() + right.features();
      float[] concatenated = new float[rows.length * width];
      int[] fine = new int[rows.length];
      int[] coarse = new int[rows.length];
      Images images = subset.images();
      for (int i = 0; i < rows.length; i++) {
        int row = rows[i];
        leftRows.get(row * left.features(), concatenated, i * width, left.features());
        rightRows.get(
            row * right.features(), concatenated, i * width + left.features(), right.features());
        fine[i] = images.fineLabel(subset.positions()[row]);
        coarse[i] = images.coarseLabel(subset.positions()[row]);
      }
      return new Examples.OfValues(concatenated, fine, coarse);
    }
  }

  /** Features computed batch by batch from images that are augmented anew in each epoch. */
  final class Fresh implements HeadExamples {

    private final JobData data;
    private final int batchSize;
    private final Streams streams;
    private final Network left;
    private final Network right;
    private final Batches train;
    private final List<Examples> validation = new ArrayList<>();

    Fresh(JobData data, int batchSize, Streams streams, Network left, Network right) {
      this.data = data;
      this.batchSize = batchSize;
      this.streams = streams;
      this.left = left;
      this.right = right;
      train = data.batches(data.partition().train(), batchSize);
    }

    @Override
    public Iterable<Examples> epoch(int epoch) {
      return JobData.mapped(JobData.examples(train.epoch(streams, epoch)), this::concatenated);
    }

    /** Computed once and kept, because every epoch needs them. */
    @Override
    public Iterable<Examples> validation() {
      if (validation.isEmpty()) {
        data.validation(batchSize).forEach(batch -> validation.add(concatenated(batch)));
      }
      return validation;
    }

    @Override
    public Iterable<Examples> test() {
      return JobData.mapped(data.test(batchSize), this::concatenated);
    }

    @Override
    public JobData data() {
      return data;
    }

    @Override
    public int featureBatchSize() {
      return batchSize;
    }

    @Override
    public Iterable<Examples> testInFeatureBatches() {
      return test();
    }

    private Examples concatenated(Examples images) {
      float[][] leftRows = left.predict(images).features();
      float[][] rightRows = right.predict(images).features();
      int width = leftRows[0].length + rightRows[0].length;
      float[] concatenated = new float[images.count() * width];
      for (int i = 0; i < images.count(); i++) {
        System.arraycopy(leftRows[i], 0, concatenated, i * width, leftRows[i].length);
        System.arraycopy(
            rightRows[i], 0, concatenated, i * width + leftRows[i].length, rightRows[i].length);
      }
      return new Examples.OfValues(concatenated, images.fine(), images.coarse());
    }
  }
}
