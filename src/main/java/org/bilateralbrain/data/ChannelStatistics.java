package org.bilateralbrain.data;

import java.io.Serializable;
import java.util.List;

/**
 * Mean and population standard deviation of each colour channel, for pixel values scaled to 0..1.
 *
 * @param mean red, green, blue
 * @param std red, green, blue
 */
public record ChannelStatistics(List<Double> mean, List<Double> std) implements Serializable {

  public ChannelStatistics {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
  }

  /** Computes the statistics of all images. The sums are integers, hence exact. */
  public static ChannelStatistics of(Images images) {
    long[] sum = new long[Images.CHANNELS];
    long[] sumOfSquares = new long[Images.CHANNELS];
    byte[] pixels = images.pixels();
    for (int start = 0; start < pixels.length; start += Images.PIXELS) {
      int channel = start / Images.PIXELS % Images.CHANNELS;
      for (int i = start; i < start + Images.PIXELS; i++) {
        int value = Byte.toUnsignedInt(pixels[i]);
        sum[channel] += value;
        sumOfSquares[channel] += (long) value * value;
      }
    }
    double n = (double) images.count() * Images.PIXELS;
    Double[] mean = new Double[Images.CHANNELS];
    Double[] std = new Double[Images.CHANNELS];
    for (int channel = 0; channel < Images.CHANNELS; channel++) {
      double average = sum[channel] / n;
      mean[channel] = average / 255;
      std[channel] = Math.sqrt(sumOfSquares[channel] / n - average * average) / 255;
    }
    return new ChannelStatistics(List.of(mean), List.of(std));
  }
}
