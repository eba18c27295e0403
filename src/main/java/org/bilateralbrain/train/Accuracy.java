package org.bilateralbrain.train;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.nn.Head;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Tests a network. */
final class Accuracy {

  private Accuracy() {}

  /**
   * The share of examples whose most probable class is the right one, for each head; empty if there are no examples.
   *
   * @param heads of the network, in the order of its outputs
   */
  static Map<Head, Double> of(ComputationGraph network, List<Head> heads, Iterable<MiniBatch> examples) {
    int[] right = new int[heads.size()];
    int all = 0;
    for (MiniBatch batch : examples) {
      INDArray[] probabilities = network.output(false, batch.input());
      for (int i = 0; i < right.length; i++) {
        right[i] += countRight(probabilities[i], batch.labels(heads.get(i)));
      }
      all += batch.count();
    }
    Map<Head, Double> accuracies = new EnumMap<>(Head.class);
    for (int i = 0; i < right.length && all > 0; i++) {
      accuracies.put(heads.get(i), (double) right[i] / all);
    }
    return accuracies;
  }

  private static int countRight(INDArray probabilities, int[] labels) {
    int[] predicted = probabilities.argMax(1).toIntVector();
    int right = 0;
    for (int i = 0; i < labels.length; i++) {
      if (predicted[i] == labels[i]) {
        right++;
      }
    }
    return right;
  }
}
