package org.bilateralbrain.analysis;

import org.bilateralbrain.nn.Head;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A trained head: logits = features x weights + bias.
 *
 * @param weights (features, classes)
 * @param bias (1, classes)
 */
record LinearHead(INDArray weights, INDArray bias) {

  static LinearHead of(ComputationGraph network, Head head) {
    var layer = network.getLayer(head.label());
    return new LinearHead(layer.getParam("W"), layer.getParam("b"));
  }

  /**
   * @param features (images, features)
   */
  INDArray logits(INDArray features) {
    return features.mmul(weights).addiRowVector(bias);
  }

  /** The weights that read some of the features. */
  INDArray weights(int from, int to) {
    return weights.get(NDArrayIndex.interval(from, to), NDArrayIndex.all());
  }
}
