package org.bilateralbrain.data;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;

/**
 * A decoded image of any size.
 *
 * @param channels 1 for grey images, 3 for colour
 * @param samples row by row, and pixel by pixel within a row
 */
record Pixels(int width, int height, int channels, byte[] samples) {

  private static final float[] LUMINANCE = {0.299f, 0.587f, 0.114f}; // ITU-R BT.601, as in PIL

  /** Transparent pixels keep their colour. */
  static Pixels of(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    Raster raster = image.getRaster();
    boolean grey =
        raster.getNumBands() == 1
            && image.getColorModel().getComponentSize(0) == 8
            && image.getColorModel().getNumColorComponents() == 1;
    int channels = grey ? 1 : 3;
    byte[] samples = new byte[Math.multiplyExact(width * height, channels)];
    int[] row = new int[width];
    int next = 0;
    for (int y = 0; y < height; y++) {
      if (grey) { // getRGB would convert between linear and sRGB grey
        raster.getSamples(0, y, width, 1, 0, row);
      } else {
        image.getRGB(0, y, width, 1, row, 0, width);
      }
      for (int value : row) {
        for (int channel = channels - 1; channel >= 0; channel--) {
          samples[next++] = (byte) (value >> (8 * channel));
        }
      }
    }
    return new Pixels(width, height, channels, samples);
  }

  /**
   * The largest square in the middle, scaled so that each pixel is the mean of the area that it
   * covers, plane by plane. An image of the wanted shape keeps its values.
   */
  byte[] fitted(ImageShape shape) {
    int side = Math.min(width, height);
    byte[] fitted = new byte[shape.bytes()];
    for (int channel = 0; channel < shape.channels(); channel++) {
      if (side == shape.size() && channels == shape.channels()) {
        copyPlane(channel, side, fitted, channel * shape.pixels());
      } else {
        float[] plane = plane(channel, side, shape.channels());
        float[] scaled = side == shape.size() ? plane : scaled(plane, side, shape.size());
        for (int i = 0; i < scaled.length; i++) {
          fitted[channel * shape.pixels() + i] =
              (byte) Math.max(0, Math.min(255, Math.round(scaled[i])));
        }
      }
    }
    return fitted;
  }

  private int start(int y, int side) {
    return ((y + (height - side) / 2) * width + (width - side) / 2) * channels;
  }

  private void copyPlane(int channel, int side, byte[] target, int at) {
    int next = at;
    for (int y = 0; y < side; y++) {
      int sample = start(y, side) + channel;
      for (int x = 0; x < side; x++) {
        target[next++] = samples[sample];
        sample += channels;
      }
    }
  }

  /** The square's values of a channel, from 0 to 255, as one of {@code wanted} channels. */
  private float[] plane(int channel, int side, int wanted) {
    float[] plane = new float[side * side];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int sample = start(y, side) + x * channels;
        plane[y * side + x] =
            wanted == 1 && channels == 3
                ? luminance(sample)
                : Byte.toUnsignedInt(samples[channels == 1 ? sample : sample + channel]);
      }
    }
    return plane;
  }

  private float luminance(int sample) {
    int red = Byte.toUnsignedInt(samples[sample]);
    int green = Byte.toUnsignedInt(samples[sample + 1]);
    int blue = Byte.toUnsignedInt(samples[sample + 2]);
    return red == green && green == blue
        ? red // exactly
        : LUMINANCE[0] * red + LUMINANCE[1] * green + LUMINANCE[2] * blue;
  }

  /** Rows, then columns. */
  private static float[] scaled(float[] plane, int side, int size) {
    float[] rows = new float[side * size];
    for (int y = 0; y < side; y++) {
      scale(plane, y * side, 1, side, rows, y * size, 1, size);
    }
    float[] both = new float[size * size];
    for (int x = 0; x < size; x++) {
      scale(rows, x, size, side, both, x, size, size);
    }
    return both;
  }

  private static void scale(
      float[] source,
      int from,
      int step,
      int side,
      float[] target,
      int to,
      int targetStep,
      int size) {
    double ratio = (double) side / size;
    for (int i = 0; i < size; i++) {
      double start = i * ratio;
      double end = start + ratio;
      double sum = 0;
      for (int j = (int) start; j < side && j < end; j++) {
        double share = Math.min(j + 1, end) - Math.max(j, start);
        sum += share * source[from + j * step];
      }
      target[to + i * targetStep] = (float) (sum / ratio);
    }
  }
}
