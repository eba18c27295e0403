package org.bilateralbrain.nn;

import java.util.Map;
import java.util.SplittableRandom;
import org.bilateralbrain.nn.layers.Convolution;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * PyTorch's default initialisation: weights and biases of convolutions and linear layers are
 * uniform in ±1/sqrt(fan in), fan in being the inputs of one output value; batch norm starts at
 * gamma 1, beta 0, running mean 0, running variance 1 (its layer's own starting values).
 *
 * <p>The values are a function of the seed and the network alone: one stream of random numbers,
 * drawn layer by layer in topological order.
 */
final class Initialisation {

  private static final String LINEAR_WEIGHTS = "W";
  private static final String LINEAR_BIAS = "b";

  private Initialisation() {}

  static ComputationGraph initialise(ComputationGraph network, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (Layer layer : network.getLayers()) {
      Map<String, INDArray> parameters = layer.paramTable();
      if (layer.conf().getLayer() instanceof Convolution convolution) {
        long fanIn =
            (long) convolution.getKernelSize() * convolution.getKernelSize() * convolution.getNIn();
        fill(parameters.get(Convolution.WEIGHTS), fanIn, random);
        if (parameters.containsKey(Convolution.BIAS)) {
          fill(parameters.get(Convolution.BIAS), fanIn, random);
        }
      } else if (parameters.containsKey(LINEAR_BIAS)) {
        INDArray weights = parameters.get(LINEAR_WEIGHTS);
        fill(weights, weights.rows(), random);
        fill(parameters.get(LINEAR_BIAS), weights.rows(), random);
      }
    }
    return network;
  }

  private static void fill(INDArray parameter, long fanIn, SplittableRandom random) {
    double bound = 1 / Math.sqrt(fanIn);
    double[] values = random.doubles(parameter.length(), -bound, bound).toArray();
    parameter.assign(
        Nd4j.createFromArray(values).castTo(parameter.dataType()).reshape('c', parameter.shape()));
  }
}
