package org.bilateralbrain.train;

import java.io.IOException;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Computation;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.History;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Metrics;

/** The result of a training, ready to be stored. */
record TrainedNetwork(
    Architecture architecture, Weights weights, History history, Metrics metrics) {

  /**
   * @param imagesPerEpoch number of training images
   * @param test evaluation of the kept weights on the test part
   */
  static TrainedNetwork of(
      Architecture architecture,
      Weights weights,
      History history,
      int imagesPerEpoch,
      Evaluation test) {
    double seconds = history.trainSeconds();
    Metrics metrics =
        new Metrics(
            history.count(),
            history.best().epoch(),
            seconds,
            (double) history.count() * imagesPerEpoch / seconds,
            architecture.parameterCount(),
            test.metrics(history.best().validation()),
            test.consistency());
    return new TrainedNetwork(architecture, weights, history, metrics);
  }

  /** The whole network of which this one was trained as a part. */
  TrainedNetwork asPartOf(Architecture whole, Weights wholeWeights) {
    return new TrainedNetwork(
        whole, wholeWeights, history, metrics.withParameters(whole.parameterCount()));
  }

  void writeTo(ArtifactWriter artifact, Computation computation) throws IOException {
    WeightsFile.write(artifact, architecture, weights, computation);
    artifact.write(History.FILE_NAME, out -> out.write(history.csv()));
    artifact.write(Metrics.FILE_NAME, out -> out.write(Json.encode(metrics)));
  }
}
