package org.bilateralbrain.nn;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * PyTorch's default initialisation: weights and biases of convolutions and linear layers are
 * uniform in ±1/sqrt(fan in); batch norm starts at gamma 1, beta 0, running mean 0, running
 * variance 1.
 *
 * <p>The values depend only on the seed and the architecture, not on the engine: one stream of
 * random numbers is consumed in the order of {@link Architecture#parameters}, and within a tensor
 * in the order (height, width, in, out).
 */
public final class Initialisation {

  private Initialisation() {}

  public static Weights draw(Architecture architecture, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    for (Parameter parameter : architecture.parameters()) {
      tensors.put(
          parameter.name(), new Weights.Tensor(parameter.shape(), values(parameter, random)));
    }
    return new Weights(tensors);
  }

  private static float[] values(Parameter parameter, SplittableRandom random) {
    float[] values = new float[parameter.count()];
    switch (parameter.kind()) {
      case GAMMA, RUNNING_VARIANCE -> Arrays.fill(values, 1);
      case BETA, RUNNING_MEAN -> {
        // stays zero
      }
      case WEIGHT, BIAS -> fill(values, parameter, random);
    }
    return values;
  }

  private static void fill(float[] values, Parameter parameter, SplittableRandom random) {
    double bound = 1 / Math.sqrt(parameter.fanIn());
    int outputs = parameter.shape().get(0);
    int inputs = parameter.shape().size() > 1 ? parameter.shape().get(1) : 1;
    int positions = values.length / outputs / inputs; // of a kernel
    for (int position = 0; position < positions; position++) {
      for (int input = 0; input < inputs; input++) {
        for (int output = 0; output < outputs; output++) {
          values[(output * inputs + input) * positions + position] =
              (float) random.nextDouble(-bound, bound);
        }
      }
    }
  }
}
