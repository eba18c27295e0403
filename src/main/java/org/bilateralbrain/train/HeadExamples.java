package org.bilateralbrain.train;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.bilateralbrain.config.TrainingSettings;
import org.bilateralbrain.data.Batches;
import org.bilateralbrain.data.Images;
import org.bilateralbrain.data.Order;
import org.bilateralbrain.data.Streams;
import org.bilateralbrain.data.Subset;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.HemisphereShape;
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
      int leftWidth = left.hemisphere().features();
      int width = leftWidth + right.hemisphere().features();
      float[] concatenated = new float[rows.length * width];
      int[] fine = new int[rows.length];
      int[] coarse = new int[rows.length];
      Images images = subset.images();
      for (int i = 0; i < rows.length; i++) {
        int row = rows[i];
        left.read(leftRows, row, concatenated, i * width);
        right.read(rightRows, row, concatenated, i * width + leftWidth);
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
    private final Side left;
    private final Side right;
    private final Batches train;
    private final List<Features> validation = new ArrayList<>();

    /** A trained hemisphere. */
    record Side(HemisphereShape shape, Network network) {

      /** One row per image, without copies of the same value. */
      float[][] features(Examples images) {
        return Arrays.stream(network.predict(images).features())
            .map(shape::distinct)
            .toArray(float[][]::new);
      }
    }

    /** A batch's features of both hemispheres, without copies of the same value. */
    private record Features(float[][] left, float[][] right, int[] fine, int[] coarse) {}

    Fresh(JobData data, TrainingSettings settings, Streams streams, Side left, Side right) {
      this.data = data;
      this.batchSize = settings.batchSize();
      this.streams = streams;
      this.left = left;
      this.right = right;
      train = data.training(settings.augmentation(), batchSize);
    }

    @Override
    public Iterable<Examples> epoch(int epoch) {
      return JobData.mapped(
          JobData.examples(train.epoch(streams, epoch)), images -> concatenated(features(images)));
    }

    /** Computed once and kept, because every epoch needs them. */
    @Override
    public Iterable<Examples> validation() {
      if (validation.isEmpty()) {
        data.validation(batchSize).forEach(batch -> validation.add(features(batch)));
      }
      return JobData.mapped(validation, this::concatenated);
    }

    @Override
    public Iterable<Examples> test() {
      return JobData.mapped(data.test(batchSize), images -> concatenated(features(images)));
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

    private Features features(Examples images) {
      return new Features(
          left.features(images), right.features(images), images.fine(), images.coarse());
    }

    private Examples concatenated(Features features) {
      int leftWidth = left.shape().features();
      int width = leftWidth + right.shape().features();
      float[] concatenated = new float[features.fine().length * width];
      for (int i = 0; i < features.fine().length; i++) {
        left.shape().restore(FloatBuffer.wrap(features.left()[i]), concatenated, i * width);
        right
            .shape()
            .restore(FloatBuffer.wrap(features.right()[i]), concatenated, i * width + leftWidth);
      }
      return new Examples.OfValues(concatenated, features.fine(), features.coarse());
    }
  }
}
