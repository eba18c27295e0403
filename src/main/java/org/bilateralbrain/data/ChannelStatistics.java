package org.bilateralbrain.data;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Mean and population standard deviation of each channel, for pixel values scaled to 0..1.
 *
 * @param mean of grey, or of red, green and blue
 * @param std likewise
 */
public record ChannelStatistics(List<Double> mean, List<Double> std) implements Serializable {

  public ChannelStatistics {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
  }

  /** Computes the statistics of all images. The sums are integers, hence exact. */
  public static ChannelStatistics of(Images images) {
    Sums sums = new Sums(images.shape());
    byte[] pixels = new byte[images.shape().bytes()];
    for (int image = 0; image < images.count(); image++) {
      images.copyPixels(image, pixels);
      sums.add(pixels);
    }
    return sums.statistics();
  }

  /** Sums over images, which can be added up. */
  public static final class Sums implements Serializable {

    private static final long serialVersionUID = 1L;

    private final ImageShape shape;
    private final long[] sum;
    private final long[] sumOfSquares;
    private long images;

    Sums(ImageShape shape) {
      this.shape = shape;
      sum = new long[shape.channels()];
      sumOfSquares = new long[shape.channels()];
    }

    void add(byte[] pixels) {
      for (int channel = 0; channel < shape.channels(); channel++) {
        long values = 0;
        long squares = 0;
        int end = (channel + 1) * shape.pixels();
        for (int i = channel * shape.pixels(); i < end; i++) {
          int value = Byte.toUnsignedInt(pixels[i]);
          values += value;
          squares += (long) value * value;
        }
        sum[channel] += values;
        sumOfSquares[channel] += squares;
      }
      images++;
    }

    void add(Sums others) {
      for (int channel = 0; channel < sum.length; channel++) {
        sum[channel] += others.sum[channel];
        sumOfSquares[channel] += others.sumOfSquares[channel];
      }
      images += others.images;
    }

    ChannelStatistics statistics() {
      double n = (double) images * shape.pixels();
      List<Double> mean = new ArrayList<>();
      List<Double> std = new ArrayList<>();
      for (int channel = 0; channel < sum.length; channel++) {
        double average = sum[channel] / n;
        mean.add(average / 255);
        std.add(Math.sqrt(sumOfSquares[channel] / n - average * average) / 255);
      }
      return new ChannelStatistics(mean, std);
    }
  }
}
