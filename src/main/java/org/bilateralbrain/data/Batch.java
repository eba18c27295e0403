package org.bilateralbrain.data;

import java.util.Arrays;
import java.util.List;

/**
 * Images on their way into a network, as decisions: which ones, and what part of each is shown how.
 * Pixels are made where they are needed.
 *
 * @param positions of the images, in the order of the batch
 * @param crops of each
 */
public record Batch(Images images, Normalisation normalisation, int[] positions, List<Crop> crops) {

  /**
   * A window of 32x32 pixels.
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

    /** For each of the 32 rows: the image's row that it shows. */
    public int[] rows() {
      return window(top);
    }

    /** For each of the 32 columns: the image's column that it shows. */
    public int[] columns() {
      int[] columns = window(left);
      if (mirrored) {
        for (int i = 0; i < columns.length / 2; i++) {
          int swapped = columns[i];
          columns[i] = columns[columns.length - 1 - i];
          columns[columns.length - 1 - i] = swapped;
        }
      }
      return columns;
    }

    private static int[] window(int offset) {
      int last = Images.SIZE - 1;
      int[] source = new int[Images.SIZE];
      for (int i = 0; i < Images.SIZE; i++) {
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
    int[] labels = new int[positions.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = images.fineLabel(positions[i]);
    }
    return labels;
  }

  /** The coarse label of each image. */
  public int[] coarse() {
    int[] labels = new int[positions.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = images.coarseLabel(positions[i]);
    }
    return labels;
  }

  /** Normalised pixels in the order (image, row, column, channel). */
  public float[] pixels() {
    float[] pixels = new float[count() * Images.BYTES_PER_IMAGE];
    for (int i = 0; i < count(); i++) {
      copy(positions[i], crops.get(i), pixels, i * Images.BYTES_PER_IMAGE);
      cutOut(crops.get(i).cutout(), pixels, i * Images.BYTES_PER_IMAGE);
    }
    return pixels;
  }

  /** The mean colour is zero, because pixels are normalised. */
  private static void cutOut(Square square, float[] pixels, int start) {
    int from = Math.max(0, square.left);
    int to = Math.min(Images.SIZE, square.left + square.size);
    for (int row = Math.max(0, square.top);
        row < Math.min(Images.SIZE, square.top + square.size);
        row++) {
      int first = start + row * Images.SIZE * Images.CHANNELS;
      Arrays.fill(pixels, first + from * Images.CHANNELS, first + to * Images.CHANNELS, 0);
    }
  }

  private void copy(int position, Crop crop, float[] target, int start) {
    int[] rows = crop.rows();
    int[] columns = crop.columns();
    byte[] source = images.pixels();
    for (int channel = 0; channel < Images.CHANNELS; channel++) {
      float[] values = normalisation.of(channel);
      int plane = position * Images.BYTES_PER_IMAGE + channel * Images.PIXELS;
      int out = start + channel;
      for (int row : rows) {
        int first = plane + row * Images.SIZE;
        for (int column : columns) {
          target[out] = values[Byte.toUnsignedInt(source[first + column])];
          out += Images.CHANNELS;
        }
      }
    }
  }
}
