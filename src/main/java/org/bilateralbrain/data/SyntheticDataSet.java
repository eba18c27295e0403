package org.bilateralbrain.data;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A hierarchical data set generated from a seed, for trying the program without a download. A
 * coarse class is a pair of long plane waves in its own colours; a fine class adds a pair of
 * shorter ones. Every image shows the waves of its classes, shifted at random, plus waves that
 * belong to no class and noise.
 *
 * <p>Waves have an integer number of periods and are read from a table, so that the bytes are the
 * same on every machine.
 */
public final class SyntheticDataSet {

  private static final int SIZE = ImageShape.CIFAR.size();
  private static final int LONGEST_FREQUENCY = 1;
  private static final int COARSE_FREQUENCIES = 3;
  private static final int FINE_FREQUENCIES = 7;
  private static final double COARSE_AMPLITUDE = 12;
  private static final double FINE_AMPLITUDE = 24;
  private static final double DISTRACTOR_AMPLITUDE = 24;
  private static final double NOISE_AMPLITUDE = 30;

  private static final double[] COSINE = new double[SIZE];

  static {
    for (int i = 0; i < SIZE; i++) {
      COSINE[i] = StrictMath.cos(2 * StrictMath.PI * i / SIZE);
    }
  }

  private SyntheticDataSet() {}

  /** What to generate; the images are spread evenly over the fine classes. */
  public record Settings(
      long seed, int trainImages, int testImages, int coarseClasses, int finePerCoarse)
      implements Serializable {
    public int fineClasses() {
      return coarseClasses * finePerCoarse;
    }
  }

  public static DataSet generate(Settings settings) {
    SplittableRandom random =
        new SplittableRandom(Seeds.derive(settings.seed(), "synthetic classes", 0));
    List<List<Wave>> coarse = new ArrayList<>();
    List<List<Wave>> fine = new ArrayList<>();
    for (int c = 0; c < settings.coarseClasses(); c++) {
      coarse.add(waves(random, LONGEST_FREQUENCY, COARSE_FREQUENCIES, COARSE_AMPLITUDE));
      for (int f = 0; f < settings.finePerCoarse(); f++) {
        fine.add(waves(random, COARSE_FREQUENCIES, FINE_FREQUENCIES, FINE_AMPLITUDE));
      }
    }
    Images train = images(settings, coarse, fine, settings.trainImages(), "synthetic train");
    Images test = images(settings, coarse, fine, settings.testImages(), "synthetic test");
    return DataSet.of(train, test, Hierarchy.of(train, test, List.of(), List.of()));
  }

  private static Images images(
      Settings settings,
      List<List<Wave>> coarse,
      List<List<Wave>> fine,
      int count,
      String purpose) {
    SplittableRandom random = new SplittableRandom(Seeds.derive(settings.seed(), purpose, 0));
    byte[] pixels = new byte[Math.multiplyExact(count, ImageShape.CIFAR.bytes())];
    int[] fineLabels = new int[count];
    int[] coarseLabels = new int[count];
    for (int i = 0; i < count; i++) {
      int fineLabel = i % settings.fineClasses();
      int coarseLabel = fineLabel / settings.finePerCoarse();
      double[] canvas = new double[ImageShape.CIFAR.bytes()];
      draw(coarse.get(coarseLabel), random, canvas);
      draw(fine.get(fineLabel), random, canvas);
      draw(
          waves(random, LONGEST_FREQUENCY, FINE_FREQUENCIES, DISTRACTOR_AMPLITUDE), random, canvas);
      for (int p = 0; p < canvas.length; p++) {
        double value = 128 + canvas[p] + NOISE_AMPLITUDE * noise(random);
        pixels[i * ImageShape.CIFAR.bytes() + p] =
            (byte) Math.max(0, Math.min(255, Math.round(value)));
      }
      fineLabels[i] = fineLabel;
      coarseLabels[i] = coarseLabel;
    }
    return new Images(ImageShape.CIFAR, pixels, fineLabels, coarseLabels);
  }

  /** Approximately normal with variance 1: the sum of three uniform numbers in -1..1. */
  private static double noise(SplittableRandom random) {
    return random.nextDouble(-1, 1) + random.nextDouble(-1, 1) + random.nextDouble(-1, 1);
  }

  /** A plane wave: its periods across and down the image, and its amplitude in each channel. */
  private record Wave(int across, int down, double[] colour) {}

  private static List<Wave> waves(
      SplittableRandom random, int lowest, int highest, double amplitude) {
    List<Wave> waves = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      double[] colour = new double[ImageShape.CIFAR.channels()];
      for (int channel = 0; channel < ImageShape.CIFAR.channels(); channel++) {
        colour[channel] = amplitude * random.nextDouble(-1, 1);
      }
      waves.add(
          new Wave(
              random.nextInt(lowest, highest + 1), random.nextInt(-highest, highest + 1), colour));
    }
    return waves;
  }

  private static void draw(List<Wave> waves, SplittableRandom random, double[] canvas) {
    int right = random.nextInt(SIZE);
    int down = random.nextInt(SIZE);
    for (Wave wave : waves) {
      for (int y = 0; y < SIZE; y++) {
        for (int x = 0; x < SIZE; x++) {
          int phase = Math.floorMod(wave.across() * (x + right) + wave.down() * (y + down), SIZE);
          for (int channel = 0; channel < ImageShape.CIFAR.channels(); channel++) {
            canvas[channel * ImageShape.CIFAR.pixels() + y * SIZE + x] +=
                wave.colour()[channel] * COSINE[phase];
          }
        }
      }
    }
  }
}
