package org.bilateralbrain.data;

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
   */
  public record Crop(int top, int left, boolean mirrored) {

    /** The image as it is. */
    public static final Crop NONE = new Crop(0, 0, false);

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
    }
    return pixels;
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
