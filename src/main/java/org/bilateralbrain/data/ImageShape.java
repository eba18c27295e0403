package org.bilateralbrain.data;

import java.io.Serializable;

/**
 * The shape of a data set's images, which are square.
 *
 * @param size pixels in each row and column
 * @param channels 1 for grey images, 3 for colour
 */
public record ImageShape(int size, int channels) implements Serializable {

  /** CIFAR's. */
  public static final ImageShape CIFAR = new ImageShape(32, 3);

  public ImageShape {
    if (size < 1 || (channels != 1 && channels != 3)) {
      throw new IllegalArgumentException(
          "Images have at least one pixel and 1 or 3 channels, not %s and %s"
              .formatted(size, channels));
    }
  }

  /** Pixels of an image. */
  public int pixels() {
    return size * size;
  }

  /** Bytes of an image: one for each pixel and channel. */
  public int bytes() {
    return Math.multiplyExact(size * size, channels);
  }

  @Override
  public String toString() {
    return "%sx%s, %s".formatted(size, size, channels == 1 ? "grey" : "colour");
  }
}
