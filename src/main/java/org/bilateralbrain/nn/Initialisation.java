package org.bilateralbrain.nn;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.bilateralbrain.nn.InitialValues.Distribution;

/**
 * Draws the weights that a network starts from, each parameter by its own {@linkplain InitialValues
 * rule}. Batch norm starts at gamma 1, beta 0, running mean 0, running variance 1.
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
    Distribution start = parameter.start();
    if (start instanceof Distribution.Constant constant) {
      Arrays.fill(values, (float) constant.value());
    } else if (start instanceof Distribution.Uniform uniform) {
      fill(values, parameter, () -> random.nextDouble(-uniform.bound(), uniform.bound()));
    } else if (start instanceof Distribution.Normal normal) {
      DoubleSupplier standard = standardNormal(random);
      fill(values, parameter, () -> normal.deviation() * standard.getAsDouble());
    }
    return values;
  }

  /**
   * Marsaglia's polar method. Java's own generator of normal values may change from version to
   * version.
   */
  private static DoubleSupplier standardNormal(SplittableRandom random) {
    double[] kept = {Double.NaN}; // of a pair, the value for the next call
    return () -> {
      double next = kept[0];
      kept[0] = Double.NaN;
      if (!Double.isNaN(next)) {
        return next;
      }
      double x;
      double y;
      double square;
      do {
        x = random.nextDouble(-1, 1);
        y = random.nextDouble(-1, 1);
        square = x * x + y * y;
      } while (square >= 1 || square == 0);
      double factor = StrictMath.sqrt(-2 * StrictMath.log(square) / square);
      kept[0] = y * factor;
      return x * factor;
    };
  }

  private static void fill(float[] values, Parameter parameter, DoubleSupplier random) {
    int outputs = parameter.shape().get(0);
    int inputs = parameter.shape().size() > 1 ? parameter.shape().get(1) : 1;
    int positions = values.length / outputs / inputs; // of a kernel
    for (int position = 0; position < positions; position++) {
      for (int input = 0; input < inputs; input++) {
        for (int output = 0; output < outputs; output++) {
          values[(output * inputs + input) * positions + position] = (float) random.getAsDouble();
        }
      }
    }
  }
}
