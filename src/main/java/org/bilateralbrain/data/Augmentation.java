package org.bilateralbrain.data;

import java.util.random.RandomGenerator;

/**
 * Copies images from bytes into a batch, normalised; in training with the reference's augmentation:
 * padded by 4 pixels that mirror the image without repeating its edge, cropped to 32x32 at a random
 * place, mirrored left to right in half of all cases.
 */
final class Augmentation {

  static final int PADDING = 4;

  private final Normalisation normalisation;

  Augmentation(Normalisation normalisation) {
    this.normalisation = normalisation;
  }

  void copyAugmented(Images images, int position, RandomGenerator random, Batch batch, int slot) {
    int top = random.nextInt(2 * PADDING + 1) - PADDING;
    int left = random.nextInt(2 * PADDING + 1) - PADDING;
    int[] columns = random.nextBoolean() ? mirrored(window(left)) : window(left);
    copy(images, position, window(top), columns, batch, slot);
  }

  void copyPlain(Images images, int position, Batch batch, int slot) {
    copy(images, position, window(0), window(0), batch, slot);
  }

  /**
   * For each of the 32 rows (or columns) of a crop that starts at an offset: the row of the image
   * it shows.
   */
  static int[] window(int offset) {
    int last = Images.SIZE - 1;
    int[] source = new int[Images.SIZE];
    for (int i = 0; i < Images.SIZE; i++) {
      int inside = Math.abs(i + offset);
      source[i] = inside > last ? 2 * last - inside : inside;
    }
    return source;
  }

  private static int[] mirrored(int[] window) {
    int[] mirrored = new int[window.length];
    for (int i = 0; i < window.length; i++) {
      mirrored[i] = window[window.length - 1 - i];
    }
    return mirrored;
  }

  private void copy(Images images, int position, int[] rows, int[] columns, Batch batch, int slot) {
    batch.fine()[slot] = images.fineLabel(position);
    batch.coarse()[slot] = images.coarseLabel(position);
    byte[] source = images.pixels();
    float[] target = batch.pixels();
    for (int channel = 0; channel < Images.CHANNELS; channel++) {
      float[] values = normalisation.of(channel);
      int plane = position * Images.BYTES_PER_IMAGE + channel * Images.PIXELS;
      int out = slot * Images.BYTES_PER_IMAGE + channel;
      for (int row : rows) {
        int start = plane + row * Images.SIZE;
        for (int column : columns) {
          target[out] = values[Byte.toUnsignedInt(source[start + column])];
          out += Images.CHANNELS;
        }
      }
    }
  }
}
