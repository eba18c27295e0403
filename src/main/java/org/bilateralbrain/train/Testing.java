package org.bilateralbrain.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Networks;
import org.bilateralbrain.store.Metrics;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Networks that are tested without having been trained here: ensembles, and hemispheres that were
 * given.
 */
final class Testing {

  private static final int BATCH_SIZE = 256;

  private Testing() {}

  /**
   * Accuracies of several networks together, whose logits are averaged; of one network that is its
   * own.
   *
   * @param heads of each network, in the order of its outputs
   */
  static Metrics of(List<ComputationGraph> networks, List<Head> heads, JobData data) {
    networks.forEach(Networks::giveLogits);
    Accuracy.Predictor together = images -> meanLogits(networks, images);
    Map<Head, Double> validation =
        Accuracy.of(together, heads, ImageTraining.miniBatches(data.validation(BATCH_SIZE)));
    Map<Head, Double> test =
        Accuracy.of(together, heads, ImageTraining.miniBatches(data.test(BATCH_SIZE)));
    Map<String, Metrics.Accuracy> accuracies = new LinkedHashMap<>();
    heads.forEach(
        head ->
            accuracies.put(
                head.label(), new Metrics.Accuracy(validation.get(head), test.get(head))));
    long parameters = networks.stream().mapToLong(Networks::parameters).sum();
    return new Metrics(0, 0, 0, 0, parameters, accuracies);
  }

  /**
   * @param networks that give logits
   */
  static INDArray[] meanLogits(List<ComputationGraph> networks, INDArray images) {
    INDArray[] sums = networks.get(0).output(false, images);
    for (ComputationGraph network : networks.subList(1, networks.size())) {
      INDArray[] logits = network.output(false, images);
      for (int i = 0; i < sums.length; i++) {
        sums[i].addi(logits[i]);
      }
    }
    for (INDArray sum : sums) {
      sum.divi(networks.size());
    }
    return sums;
  }
}
