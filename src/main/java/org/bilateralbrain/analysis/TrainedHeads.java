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

/** A trained network's heads, on features alone. */
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
      weights = weights.with(trained.weights().moved(name, name));
    }
    Network network = engine.create(heads, Hyperparameters.NONE);
    network.load(weights);
    return new TrainedHeads(network);
  }

  /**
   * @param features a row for each example
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
   * How much a head of a bilateral network relies on each hemisphere: the norm of its weights, and
   * its accuracy without one hemisphere's features.
   *
   * @param left how many of the features are the left hemisphere's
   */
  Reliance reliance(Head head, TestPass pass, int left) {
    int all = network.architecture().features();
    return new Reliance(
        norm(head, 0, left),
        norm(head, left, all),
        pass.accuracy(head),
        silenced(pass, head, 0, left),
        silenced(pass, head, left, all));
  }

  /** Of the weights that read some of the features. */
  private double norm(Head head, int from, int to) {
    int width = network.architecture().features();
    String name = network.architecture().head(head).name() + ".weight";
    float[] weights = network.weights().get(name).values(); // a row for each class
    double squares = 0;
    for (int i = 0; i < weights.length; i++) {
      if (i % width >= from && i % width < to) {
        squares += (double) weights[i] * weights[i];
      }
    }
    return Math.sqrt(squares);
  }

  private double silenced(TestPass pass, Head head, int from, int to) {
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
