package org.bilateralbrain.train;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.History;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.tensorboard.EventWriter;

/**
 * Writes a training's TensorBoard events: the values of {@code history.csv}, the test accuracy at
 * the best epoch, and the job's specification as a table.
 *
 * <p>Times count training alone: epochs follow each other without gaps, and the last ends when the
 * training did. So TensorBoard's axis of relative time agrees with {@code train_seconds} and
 * excludes validations and interruptions.
 *
 * @param finished when the training ended
 */
record TrainingEvents(Job job, History history, Metrics metrics, Instant finished) {

  void writeTo(ArtifactWriter artifact) throws IOException {
    artifact.write(EventWriter.fileName(after(0), job.id()), this::writeTo);
  }

  private void writeTo(OutputStream out) throws IOException {
    EventWriter events = EventWriter.begin(out, after(0));
    events.text(
        after(0),
        0,
        "hyper-parameters",
        EventWriter.table("setting", "value", job.specification().values()));
    double seconds = 0;
    for (History.Epoch epoch : history.epochs()) {
      seconds += epoch.seconds();
      events.scalars(after(seconds), epoch.epoch(), scalars(epoch));
    }
  }

  private Map<String, Double> scalars(History.Epoch epoch) {
    Map<String, Double> scalars = new LinkedHashMap<>();
    scalars.put("train/loss", epoch.trainLoss());
    scalars.put("train/images_per_second", epoch.imagesPerSecond());
    scalars.put("train/learning_rate", epoch.learningRate());
    epoch.trainAccuracy().forEach((head, accuracy) -> scalars.put("train/" + head, accuracy));
    epoch.validation().forEach((head, accuracy) -> scalars.put("validation/" + head, accuracy));
    epoch.validationLoss().forEach((head, loss) -> scalars.put("validation/loss_" + head, loss));
    if (epoch.epoch() == metrics.bestEpoch()) {
      metrics.heads().forEach((head, accuracy) -> scalars.put("test/" + head, accuracy.test()));
    }
    return scalars;
  }

  /** The time after so many seconds of training. */
  private Instant after(double seconds) {
    return finished.minusNanos(Math.round((history.trainSeconds() - seconds) * 1e9));
  }
}
