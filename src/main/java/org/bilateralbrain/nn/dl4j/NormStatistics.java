package org.bilateralbrain.nn.dl4j;

import java.util.Arrays;
import java.util.List;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Layer;
import org.bilateralbrain.nn.Operation;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Recomputes the running statistics of the batch norms that are trained as the mean of the batches'
 * statistics, as {@code torch.optim.swa_utils.update_bn} does.
 */
final class NormStatistics {

  private final ComputationGraph graph;
  private final List<NormReluPool.RunningNorm> norms;
  private int batches;

  /**
   * @param graph without dropout
   */
  NormStatistics(Architecture architecture, ComputationGraph graph) {
    this.graph = graph;
    norms =
        architecture.layers().stream()
            .filter(layer -> !layer.isFrozen())
            .filter(layer -> layer.operation() instanceof Operation.NormReluPool)
            .map(Layer::name)
            .map(name -> (NormReluPool.RunningNorm) graph.getLayer(name))
            .toList();
    norms.forEach(NormReluPool.RunningNorm::resetStatistics);
  }

  /** Whether there are none. */
  boolean isEmpty() {
    return norms.isEmpty();
  }

  void add(INDArray images) {
    batches++;
    Arrays.stream(graph.output(true, images)).forEach(INDArray::close);
    norms.forEach(norm -> norm.followBatch(1.0 / batches));
  }
}
