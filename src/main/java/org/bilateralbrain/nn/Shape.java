package org.bilateralbrain.nn;

/**
 * What one example looks like between two layers: maps of {@code height} x {@code width} pixels,
 * one for each channel. A vector is a pixel with many channels.
 */
public record Shape(int height, int width, int channels) {

  public static Shape vector(int values) {
    return new Shape(1, 1, values);
  }

  public long values() {
    return (long) height * width * channels;
  }

  Shape withChannels(int other) {
    return new Shape(height, width, other);
  }
}
