package org.bilateralbrain.train;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import org.bilateralbrain.data.Batch;
import org.bilateralbrain.data.Batches;
import org.bilateralbrain.data.Subset;
import org.bilateralbrain.grid.FeaturesJob;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Networks;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.Progress;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Computes a hemisphere's features of all images and writes them, batch by batch, into an artifact.
 */
final class FeatureExtraction {

  /** The same for everybody: the results must not depend on how heads are trained. */
  static final int BATCH_SIZE = 256;

  private final FeaturesJob job;
  private final JobData data;
  private final ComputationGraph hemisphere;
  private final ProgressListener listener;

  /**
   * @param trained the hemisphere with its head
   */
  FeatureExtraction(
      FeaturesJob job, JobData data, ComputationGraph trained, ProgressListener listener) {
    this.job = job;
    this.data = data;
    this.listener = listener;
    hemisphere = Networks.features(JobData.IMAGE_SHAPE, shape(), trained);
  }

  /** Returns a description of what was written. */
  String writeTo(ArtifactWriter artifact) throws IOException {
    Subset train = data.partition().train();
    Batches trainBatches = data.batches(train, BATCH_SIZE);
    for (int i = 0; i < job.views(); i++) {
      int view = i;
      Iterable<Batch> batches = trainBatches.view(job.data().rule().seed(), view);
      StoredFeatures.writeTrain(artifact, view, out -> write(batches, train, view + 1, out));
    }
    int rounds = job.views();
    StoredFeatures.writeValidation(
        artifact,
        out -> write(data.validation(BATCH_SIZE), data.partition().validation(), rounds, out));
    StoredFeatures.writeTest(
        artifact, out -> write(data.test(BATCH_SIZE), data.partition().test(), rounds, out));
    return "%s views of %s images, %s features each"
        .formatted(job.views(), train.count(), shape().features());
  }

  private void write(Iterable<Batch> batches, Subset subset, int round, OutputStream out)
      throws IOException {
    out.write(NpyFormat.header(subset.count(), shape().features()));
    long start = System.nanoTime();
    int images = 0;
    for (Batch batch : batches) {
      out.write(
          NpyFormat.values(
              hemisphere
                  .outputSingle(MiniBatch.ofImages(batch).input())
                  .dup('c')
                  .data()
                  .asFloat()));
      images += batch.count();
      double perSecond = images / ((System.nanoTime() - start) / 1e9);
      listener.update(
          new Progress(
              "view", round, job.views(), images, subset.count(), null, Map.of(), perSecond));
      LocalEpochs.stopIfInterrupted();
    }
  }

  private HemisphereShape shape() {
    return job.hemisphere().shape();
  }
}
