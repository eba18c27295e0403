package org.bilateralbrain.train;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Networks;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Metrics;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;

/** The result of a job, ready to be stored. */
record TrainedNetwork(ComputationGraph network, History history, Metrics metrics) {

  static final String NETWORK_FILE = "network.zip";

  /**
   * @param imagesPerEpoch trained on
   * @param test accuracy of each head
   */
  static TrainedNetwork of(
      ComputationGraph network,
      List<Head> heads,
      History history,
      int imagesPerEpoch,
      Map<Head, Double> test) {
    Map<String, Metrics.Accuracy> accuracies = new LinkedHashMap<>();
    for (Head head : heads) {
      Double validation = history.best().validation().get(head);
      accuracies.put(head.label(), new Metrics.Accuracy(validation, test.get(head)));
    }
    double seconds = history.trainSeconds();
    Metrics metrics =
        new Metrics(
            history.count(),
            history.best().epoch(),
            seconds,
            (double) history.count() * imagesPerEpoch / seconds,
            Networks.parameters(network),
            accuracies);
    return new TrainedNetwork(network, history, metrics);
  }

  void writeTo(ArtifactWriter artifact) throws IOException {
    artifact.holds(NetworkFile.digest(network));
    artifact.write(NETWORK_FILE, out -> ModelSerializer.writeModel(network, out, false));
    artifact.write(History.FILE_NAME, out -> out.write(history.csv()));
    artifact.write(Metrics.FILE_NAME, out -> out.write(Json.encode(metrics)));
  }
}
