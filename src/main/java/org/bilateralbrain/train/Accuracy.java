package org.bilateralbrain.train;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.nn.Head;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Tests a network. */
final class Accuracy {

  /**
   * From inputs to an array (batch, classes) for each head, in which the most probable class has
   * the largest value.
   */
  interface Predictor {
    INDArray[] predict(INDArray input);
  }

  private Accuracy() {}

  /**
   * The share of examples whose most probable class is the right one, for each head; empty if there
   * are no examples.
   *
   * @param heads in the order of the predictor's outputs
   */
  static Map<Head, Double> of(Predictor predictor, List<Head> heads, Iterable<MiniBatch> examples) {
    int[] right = new int[heads.size()];
    int all = 0;
    for (MiniBatch batch : examples) {
      INDArray[] predictions = predictor.predict(batch.input());
      for (int i = 0; i < right.length; i++) {
        right[i] += countRight(predictions[i], batch.labels(heads.get(i)));
      }
      all += batch.count();
    }
    Map<Head, Double> accuracies = new EnumMap<>(Head.class);
    for (int i = 0; i < right.length && all > 0; i++) {
      accuracies.put(heads.get(i), (double) right[i] / all);
    }
    return accuracies;
  }

  static int countRight(INDArray predictions, int[] labels) {
    int[] predicted = predictions.argMax(1).toIntVector();
    int right = 0;
    for (int i = 0; i < labels.length; i++) {
      if (predicted[i] == labels[i]) {
        right++;
      }
    }
    return right;
  }
}
