package org.bilateralbrain.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Images on their way into a network, as decisions: which ones, and what part of each is shown how.
 * Pixels are made where they are needed.
 *
 * @param positions of the images, in the order of the batch
 * @param crops of each
 */
public record Batch(Images images, Normalisation normalisation, int[] positions, List<Crop> crops) {

  /**
   * A window of an image's size.
   *
   * @param top how many rows below the image's first it starts; rows outside of the image mirror
   *     those inside, without repeating the edge
   * @param left likewise for columns
   * @param mirrored whether it is shown from right to left
   * @param cutout a square of the window, as it is shown, that is replaced by the mean colour
   */
  public record Crop(int top, int left, boolean mirrored, Square cutout) {

    /** The image as it is. */
    public static final Crop NONE = new Crop(0, 0, false);

    /** With nothing cut out. */
    public Crop(int top, int left, boolean mirrored) {
      this(top, left, mirrored, Square.NONE);
    }

    /** For each row of a window of that size: the image's row that it shows. */
    public int[] rows(int size) {
      return window(top, size);
    }

    /** For each column of a window of that size: the image's column that it shows. */
    public int[] columns(int size) {
      int[] columns = window(left, size);
      if (mirrored) {
        for (int i = 0; i < columns.length / 2; i++) {
          int swapped = columns[i];
          columns[i] = columns[columns.length - 1 - i];
          columns[columns.length - 1 - i] = swapped;
        }
      }
      return columns;
    }

    private static int[] window(int offset, int size) {
      int last = size - 1;
      int[] source = new int[size];
      for (int i = 0; i < size; i++) {
        int inside = Math.abs(i + offset);
        source[i] = inside > last ? 2 * last - inside : inside;
      }
      return source;
    }
  }

  /**
   * A square of a window; parts of it may lie outside.
   *
   * @param top its first row
   * @param left its first column
   */
  public record Square(int top, int left, int size) {

    public static final Square NONE = new Square(0, 0, 0);
  }

  public int count() {
    return positions.length;
  }

  /** The fine label of each image. */
  public int[] fine() {
    return IntStream.of(positions).map(images::fineLabel).toArray();
  }

  /** The coarse label of each image. */
  public int[] coarse() {
    return IntStream.of(positions).map(images::coarseLabel).toArray();
  }

  /** Normalised pixels in the order (image, row, column, channel). */
  public float[] pixels() {
    int bytes = images.shape().bytes();
    float[] pixels = new float[count() * bytes];
    byte[] image = new byte[bytes];
    for (int i = 0; i < count(); i++) {
      images.copyPixels(positions[i], image);
      normalise(image, crops.get(i), pixels, i * bytes);
      cutOut(crops.get(i).cutout(), pixels, i * bytes);
    }
    return pixels;
  }

  /** The mean colour is zero, because pixels are normalised. */
  private void cutOut(Square square, float[] pixels, int start) {
    int size = images.shape().size();
    int channels = images.shape().channels();
    int from = Math.max(0, square.left);
    int to = Math.min(size, square.left + square.size);
    for (int row = Math.max(0, square.top); row < Math.min(size, square.top + square.size); row++) {
      int first = start + row * size * channels;
      Arrays.fill(pixels, first + from * channels, first + to * channels, 0);
    }
  }

  private void normalise(byte[] image, Crop crop, float[] target, int start) {
    ImageShape shape = images.shape();
    int size = shape.size();
    int channels = shape.channels();
    int[] rows = crop.rows(size);
    int[] columns = crop.columns(size);
    for (int channel = 0; channel < channels; channel++) {
      float[] values = normalisation.of(channel);
      int plane = channel * shape.pixels();
      int out = start + channel;
      for (int row : rows) {
        int first = plane + row * size;
        for (int column : columns) {
          target[out] = values[Byte.toUnsignedInt(image[first + column])];
          out += channels;
        }
      }
    }
  }
}
