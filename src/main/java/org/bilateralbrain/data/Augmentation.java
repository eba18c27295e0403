package org.bilateralbrain.data;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.bilateralbrain.data.Batch.Crop;

/**
 * How training images vary from epoch to epoch.
 *
 * @param pad pixels by which a crop may lie outside of the image, which is mirrored there
 * @param cutout edge length of a square with a random centre that is set to the mean colour
 *     (DeVries and Taylor, arXiv:1708.04552); 0 for none
 */
public record Augmentation(int pad, Flip flip, int cutout) implements Serializable {

  /** The reference implementation's. */
  public static final Augmentation REFERENCE = new Augmentation(4, Flip.RANDOM, 0);

  /** Which images are shown from right to left. */
  public enum Flip {
    /** Half of them, drawn anew in each epoch. */
    RANDOM,
    /** Half of them in the first epoch, and then each image in every other epoch. */
    ALTERNATING,
    NONE;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Flip> named(String label) {
      return Arrays.stream(values()).filter(flip -> flip.label().equals(label)).findFirst();
    }

    public static String labels() {
      return Arrays.stream(values()).map(Flip::label).collect(Collectors.joining(", "));
    }
  }

  /**
   * The crops of one pass over the images.
   *
   * @param size of the images
   * @param seed of all passes, from which the first pass's flips follow if they alternate
   * @param number of the pass, from 0
   */
  Pass pass(int size, long seed, int number) {
    return new Pass(this, size, seed, number);
  }

  /** One pass over the images. */
  record Pass(Augmentation augmentation, int imageSize, long seed, int number) {

    /**
     * @param random drawn from in a fixed order
     * @param position of the image
     */
    Crop crop(RandomGenerator random, int position) {
      int pad = augmentation.pad;
      int top = random.nextInt(2 * pad + 1) - pad;
      int left = random.nextInt(2 * pad + 1) - pad;
      boolean mirrored =
          switch (augmentation.flip) {
            case RANDOM -> random.nextBoolean();
            case ALTERNATING -> isMirroredAtFirst(position) ^ (number % 2 == 1);
            case NONE -> false;
          };
      return new Crop(top, left, mirrored, square(random));
    }

    private boolean isMirroredAtFirst(int position) {
      return new SplittableRandom(seed + position).nextBoolean();
    }

    private Batch.Square square(RandomGenerator random) {
      int size = augmentation.cutout;
      return size == 0
          ? Batch.Square.NONE
          : new Batch.Square(
              random.nextInt(imageSize) - size / 2, random.nextInt(imageSize) - size / 2, size);
    }
  }
}
