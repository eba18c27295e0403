package org.bilateralbrain.nn;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.bilateralbrain.nn.Layer.Plasticity;

/** Small networks, and what they read, for tests. */
public final class TestNetworks {

  public static final Shape IMAGE = new Shape(32, 32, 3);

  /** For both heads. */
  public static final Map<Head, Integer> CLASSES =
      new EnumMap<>(Map.of(Head.FINE, 10, Head.COARSE, 4));

  private TestNetworks() {}

  /** For Adam. */
  public static Rates rates(double learningRate) {
    return new Rates(learningRate, Optimiser.Adam.BETA1);
  }

  /** The other ResNets stack the blocks of ResNet-18 and ResNet-50 in other numbers. */
  public static List<Backbone> everyKindOfBlock() {
    EnumSet<Backbone> others =
        EnumSet.of(Backbone.RESNET34, Backbone.RESNET101, Backbone.RESNET152);
    return List.copyOf(EnumSet.complementOf(others));
  }

  public static Architecture unilateral(Backbone backbone, int width) {
    return Architecture.unilateral(IMAGE, new HemisphereShape(backbone, width), CLASSES);
  }

  /** Two hemispheres of one shape. */
  public static Architecture bilateral(HemisphereShape shape, Plasticity left, Plasticity right) {
    return Architecture.bilateral(IMAGE, shape, left, shape, right, CLASSES);
  }

  /** The same network without dropout inside its hemispheres. */
  public static Architecture withoutDropout(Architecture architecture) {
    return new Architecture(
        architecture.input(),
        architecture.layers().stream().map(Layer::withoutDropout).toList(),
        architecture.tops(),
        architecture.classes());
  }

  /** Normally distributed pixels with random labels. */
  public static Examples noise(int count, long seed) {
    Random random = new Random(seed);
    float[] pixels = new float[count * (int) IMAGE.values()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    return new Examples.OfValues(pixels, labels(random, count, 10), labels(random, count, 4));
  }

  private static int[] labels(Random random, int count, int classes) {
    return IntStream.generate(() -> random.nextInt(classes)).limit(count).toArray();
  }
}
