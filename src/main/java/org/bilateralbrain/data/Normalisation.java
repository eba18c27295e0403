package org.bilateralbrain.data;

/**
 * Turns a pixel's byte into (value / 255 - mean) / std of its channel, looked up rather than
 * computed.
 */
public final class Normalisation {

  private final float[][] table;

  public Normalisation(ChannelStatistics statistics) {
    table = new float[statistics.mean().size()][256];
    for (int channel = 0; channel < table.length; channel++) {
      double mean = statistics.mean().get(channel);
      double std = statistics.std().get(channel);
      if (!(std > 0)) {
        throw new DataException(
            "The standard deviation of channel %s is %s: images of one colour can't be normalised"
                .formatted(channel, std));
      }
      for (int value = 0; value < 256; value++) {
        table[channel][value] = (float) ((value / 255.0 - mean) / std);
      }
    }
  }

  /** The normalised value of each byte (0 to 255) in a colour channel; not a copy. */
  public float[] of(int channel) {
    return table[channel];
  }
}
