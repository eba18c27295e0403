package org.bilateralbrain.nn.dl4j;

import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Weights;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network's gradients under the names of its parameters. */
public final class Gradients {

  private Gradients() {}

  /**
   * Divided by the batch size, as DL4J's updater does. Gradients have the same layout in memory as
   * parameters.
   */
  public static Weights of(Network engineNetwork, Examples examples) {
    Dl4jNetwork network = (Dl4jNetwork) engineNetwork;
    network.graph().setInputs(network.input(examples));
    network.graph().setLabels(network.labels(examples));
    network.graph().computeGradientAndScore();
    INDArray mean = network.graph().getFlattenedGradients().div(examples.count());
    Dl4jNetwork holder = new Dl4jNetwork(network.architecture(), Hyperparameters.NONE);
    holder.graph().setParams(mean);
    return holder.weights();
  }
}
