package org.bilateralbrain.analysis;

import org.bilateralbrain.nn.Head;
import org.bilateralbrain.store.AnalysisFile.Reliance;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * How much a head of a bilateral network relies on each hemisphere: its weights, and what it can do
 * without one.
 */
final class HeadReliance {

  private HeadReliance() {}

  /**
   * @param left how many of the features are the left hemisphere's
   */
  static Reliance of(ComputationGraph network, Head head, TestPass pass, int left) {
    LinearHead linear = LinearHead.of(network, head);
    int all = (int) pass.features().columns();
    return new Reliance(
        linear.weights(0, left).norm2Number().doubleValue(),
        linear.weights(left, all).norm2Number().doubleValue(),
        pass.accuracy(head),
        silenced(linear, pass, head, 0, left),
        silenced(linear, pass, head, left, all));
  }

  private static double silenced(LinearHead linear, TestPass pass, Head head, int from, int to) {
    try (INDArray features = pass.features().dup()) {
      features.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to)).assign(0);
      try (INDArray logits = linear.logits(features)) {
        return Answers.of(logits).accuracy(pass.labels(head));
      }
    }
  }
}
