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
import org.bilateralbrain.data.Subset;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.train.Training.ExampleSource;

/** The joined features, left before right, that heads are trained, chosen and tested on. */
interface HeadExamples extends ExampleSource {

  /**
   * Of how many images at a time the features were computed: where k-winners look at a batch, they
   * depend on it.
   */
  int computedTogether();

  /** The first test images' features, in such batches. */
  Iterable<Examples> testAsComputed();

  /**
   * Features that were computed once and stored, for several views of each training image; epoch
   * after epoch another view.
   */
  final class Cached implements HeadExamples {

    private final JobData data;
    private final int batchSize;
    private final long seed;
    private final StoredFeatures left;
    private final StoredFeatures right;

    /**
     * @param seed of the job
     */
    Cached(JobData data, int batchSize, long seed, StoredFeatures left, StoredFeatures right) {
      this.data = data;
      this.batchSize = batchSize;
      this.seed = seed;
      this.left = left;
      this.right = right;
    }

    @Override
    public Iterable<Examples> epoch(int epoch) {
      int view = epoch % left.views().size();
      Subset train = data.partition().train();
      return batches(
          Order.ofEpoch(train.count(), seed, epoch),
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
    public int computedTogether() {
      return FeatureExtraction.BATCH_SIZE;
    }

    @Override
    public Iterable<Examples> testAsComputed() {
      Subset test = data.partition().test();
      return batches(
          IntStream.range(0, test.count()).toArray(),
          computedTogether(),
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
      float[] joined = new float[rows.length * width];
      int[] fine = new int[rows.length];
      int[] coarse = new int[rows.length];
      Images images = subset.images();
      for (int i = 0; i < rows.length; i++) {
        int row = rows[i];
        leftRows.get(row * left.features(), joined, i * width, left.features());
        rightRows.get(
            row * right.features(), joined, i * width + left.features(), right.features());
        fine[i] = images.fineLabel(subset.positions()[row]);
        coarse[i] = images.coarseLabel(subset.positions()[row]);
      }
      return new Examples.OfValues(joined, fine, coarse);
    }
  }

  /** Features computed batch by batch, of images that are augmented anew in each epoch. */
  final class Fresh implements HeadExamples {

    private final JobData data;
    private final int batchSize;
    private final long seed;
    private final Network left;
    private final Network right;
    private final Batches train;
    private final List<Examples> validation = new ArrayList<>();

    /**
     * @param seed of the job
     */
    Fresh(JobData data, int batchSize, long seed, Network left, Network right) {
      this.data = data;
      this.batchSize = batchSize;
      this.seed = seed;
      this.left = left;
      this.right = right;
      train = data.batches(data.partition().train(), batchSize);
    }

    @Override
    public Iterable<Examples> epoch(int epoch) {
      return JobData.mapped(JobData.examples(train.epoch(seed, epoch)), this::joined);
    }

    /** Needed after every epoch, computed once. */
    @Override
    public Iterable<Examples> validation() {
      if (validation.isEmpty()) {
        data.validation(batchSize).forEach(batch -> validation.add(joined(batch)));
      }
      return validation;
    }

    @Override
    public Iterable<Examples> test() {
      return JobData.mapped(data.test(batchSize), this::joined);
    }

    @Override
    public JobData data() {
      return data;
    }

    @Override
    public int computedTogether() {
      return batchSize;
    }

    @Override
    public Iterable<Examples> testAsComputed() {
      return test();
    }

    private Examples joined(Examples images) {
      float[][] leftRows = left.predict(images).features();
      float[][] rightRows = right.predict(images).features();
      int width = leftRows[0].length + rightRows[0].length;
      float[] joined = new float[images.count() * width];
      for (int i = 0; i < images.count(); i++) {
        System.arraycopy(leftRows[i], 0, joined, i * width, leftRows[i].length);
        System.arraycopy(
            rightRows[i], 0, joined, i * width + leftRows[i].length, rightRows[i].length);
      }
      return new Examples.OfValues(joined, images.fine(), images.coarse());
    }
  }
}
