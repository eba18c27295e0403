package org.bilateralbrain.nn;

/**
 * The shape of one example between two layers: maps of {@code height} x {@code width} pixels, one
 * per channel. A vector is a single pixel with many channels.
 */
public record Shape(int height, int width, int channels) {

  public static Shape vector(int values) {
    return new Shape(1, 1, values);
  }

  /** The number of values. */
  public long values() {
    return (long) height * width * channels;
  }
}
