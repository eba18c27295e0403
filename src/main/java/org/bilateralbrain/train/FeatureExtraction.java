package org.bilateralbrain.train;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import org.bilateralbrain.data.Batches;
import org.bilateralbrain.data.Subset;
import org.bilateralbrain.grid.FeaturesJob;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.Progress;
import org.bilateralbrain.train.StoredFeatures.NpyFormat;
import org.bilateralbrain.train.Training.ProgressListener;

/**
 * Computes a hemisphere's features of all images and writes them to an artifact, batch by batch.
 */
final class FeatureExtraction {

  /** Fixed, because stored features must not depend on the settings of head training. */
  static final int BATCH_SIZE = 256;

  private final FeaturesJob job;
  private final JobData data;
  private final Network hemisphere;
  private final ProgressListener listener;

  /**
   * @param hemisphere the trained hemisphere with its head
   */
  FeatureExtraction(FeaturesJob job, JobData data, Network hemisphere, ProgressListener listener) {
    this.job = job;
    this.data = data;
    this.hemisphere = hemisphere;
    this.listener = listener;
  }

  /**
   * Writes all views of the training images, then validation and test images; returns a description
   * for people.
   */
  String writeTo(ArtifactWriter artifact) throws IOException {
    Subset train = data.partition().train();
    Batches trainBatches = data.training(job.augmentation(), BATCH_SIZE);
    for (int i = 0; i < job.views(); i++) {
      int view = i;
      Iterable<Examples> examples =
          JobData.examples(trainBatches.view(job.data().rule().seed(), view));
      StoredFeatures.writeTrain(artifact, view, out -> write(examples, train, view + 1, out));
    }
    int rounds = job.views();
    StoredFeatures.writeValidation(
        artifact,
        out -> write(data.validation(BATCH_SIZE), data.partition().validation(), rounds, out));
    StoredFeatures.writeTest(
        artifact, out -> write(data.test(BATCH_SIZE), data.partition().test(), rounds, out));
    return "%s views of %s images, %s features each"
        .formatted(job.views(), train.count(), shape().distinctFeatures());
  }

  private void write(Iterable<Examples> examples, Subset subset, int round, OutputStream out)
      throws IOException {
    out.write(NpyFormat.header(subset.count(), shape().distinctFeatures()));
    long start = System.nanoTime();
    int images = 0;
    for (Examples batch : examples) {
      for (float[] row : hemisphere.predict(batch).features()) {
        out.write(NpyFormat.values(shape().distinct(row)));
      }
      images += batch.count();
      int done = images;
      double perSecond = images / ((System.nanoTime() - start) / 1e9);
      listener.update(
          () ->
              new Progress(
                  "view", round, job.views(), done, subset.count(), null, Map.of(), perSecond));
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("The task was interrupted");
      }
    }
  }

  private HemisphereShape shape() {
    return job.hemisphere().shape();
  }
}
