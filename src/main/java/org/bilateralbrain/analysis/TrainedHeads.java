package org.bilateralbrain.analysis;

import java.util.Arrays;
import java.util.Map;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Engine;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Prediction;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.store.AnalysisFile.Reliance;
import org.bilateralbrain.train.StoredNetworks;

/** The heads of a trained network, which read features directly. */
final class TrainedHeads implements AutoCloseable {

  private final Network network;

  private TrainedHeads(Network network) {
    this.network = network;
  }

  static TrainedHeads of(Engine engine, StoredNetworks.Stored trained) {
    Architecture whole = trained.architecture();
    Architecture heads = Architecture.heads(whole.features(), whole.classes());
    Weights weights = new Weights(Map.of());
    for (Head head : heads.heads()) {
      String name = heads.head(head).name();
      weights = weights.with(trained.weights().withPrefixReplaced(name, name));
    }
    return new TrainedHeads(engine.create(heads, Hyperparameters.NONE, weights));
  }

  /**
   * @param features one row per example
   */
  Prediction predict(float[][] features, int[] fine, int[] coarse) {
    int width = network.architecture().features();
    float[] values = new float[features.length * width];
    for (int i = 0; i < features.length; i++) {
      System.arraycopy(features[i], 0, values, i * width, width);
    }
    return network.predict(new Examples.OfValues(values, fine, coarse));
  }

  /**
   * How much a head of a bilateral network relies on each hemisphere: the norms of its weights, and
   * its accuracy with each hemisphere's features set to zero.
   *
   * @param left number of the left hemisphere's features
   */
  Reliance reliance(Head head, TestPass pass, int left) {
    int all = network.architecture().features();
    return new Reliance(
        norm(head, 0, left),
        norm(head, left, all),
        pass.accuracy(head),
        silencedAccuracy(pass, head, 0, left),
        silencedAccuracy(pass, head, left, all));
  }

  /** L2 norm of the weights that read a range of features. */
  private double norm(Head head, int from, int to) {
    int width = network.architecture().features();
    String name = network.architecture().head(head).name() + ".weight";
    float[] weights = network.weights().get(name).values(); // one row per class
    double squares = 0;
    for (int i = 0; i < weights.length; i++) {
      if (i % width >= from && i % width < to) {
        squares += (double) weights[i] * weights[i];
      }
    }
    return Math.sqrt(squares);
  }

  /** Accuracy with a range of features set to zero. */
  private double silencedAccuracy(TestPass pass, Head head, int from, int to) {
    float[][] features = new float[pass.images()][];
    for (int i = 0; i < features.length; i++) {
      features[i] = pass.features()[i].clone();
      Arrays.fill(features[i], from, to, 0);
    }
    int[] classes = predict(features, pass.fine(), pass.coarse()).classes(head);
    return TestPass.accuracy(classes, pass.labels(head));
  }

  @Override
  public void close() {
    network.close();
  }
}
