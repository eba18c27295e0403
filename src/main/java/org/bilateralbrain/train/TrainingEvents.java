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
 * A training as TensorBoard shows it: what {@code history.csv} says, the test accuracy at the best
 * epoch, and the job's specification as a table.
 *
 * <p>Times are those of the training alone: epochs follow each other without a gap and the last
 * ends when the training did, so that the axis of relative time counts what {@code train_seconds}
 * does, without validations and without the hours between an executor's death and the next attempt.
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
    epoch.validation().forEach((head, accuracy) -> scalars.put("validation/" + head, accuracy));
    if (epoch.epoch() == metrics.bestEpoch()) {
      metrics.heads().forEach((head, accuracy) -> scalars.put("test/" + head, accuracy.test()));
    }
    return scalars;
  }

  /** The moment at which so many seconds of the training were over. */
  private Instant after(double seconds) {
    return finished.minusNanos(Math.round((history.trainSeconds() - seconds) * 1e9));
  }
}
