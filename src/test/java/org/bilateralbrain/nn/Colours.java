package org.bilateralbrain.nn;

import java.util.Random;
import java.util.stream.IntStream;
import org.bilateralbrain.data.ImageShape;

/**
 * Images of four colours, which every backbone learns in a few steps. VGG-11 has no batch norm, so
 * differences between images shrink from layer to layer: on noisy images with weak patterns it
 * would keep guessing for longer than a test may take, but not on colours.
 */
public final class Colours {

  /** Pixels, as normalisation leaves them. */
  private static final float[][] COLOURS = {
    {1.5f, 1.5f, 1.5f}, {1.5f, -1.5f, -1.5f}, {-1.5f, 1.5f, -1.5f}, {-1.5f, -1.5f, 1.5f}
  };

  public static final int CLASSES = COLOURS.length;

  /** Half the loss of guessing, which balanced labels alone don't allow. */
  public static final double LEARNED = Math.log(CLASSES) / 2;

  private static final int COUNT = 4 * CLASSES;

  private Colours() {}

  /** White, red, green and blue images in turn, with noise. */
  public static Examples examples() {
    Random random = new Random(1);
    float[] pixels = new float[COUNT * ImageShape.CIFAR.bytes()];
    for (int i = 0; i < pixels.length; i++) {
      float[] colour = COLOURS[i / ImageShape.CIFAR.bytes() % CLASSES];
      pixels[i] = colour[i % ImageShape.CIFAR.channels()] + 0.5f * (float) random.nextGaussian();
    }
    int[] labels = IntStream.range(0, COUNT).map(image -> image % CLASSES).toArray();
    return new Examples.OfValues(pixels, labels, labels);
  }
}
