package org.bilateralbrain.nn.layers;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The two steps of {@link KWinners} on a batch of images. */
final class Winners {

  private final ImageLayout layout;
  private final float[] values;
  private final int perMap;

  /** For each value whether it has won so far. Bytes, because threads may write neighbouring ones. */
  private final byte[] won;

  private Winners(ImageLayout layout, float[] values, int perMap) {
    this.layout = layout;
    this.values = values;
    this.perMap = perMap;
    won = new byte[values.length];
  }

  /** Step 1. */
  static Winners ofMaps(INDArray images, double k) {
    ImageLayout layout = ImageLayout.of(images, 1);
    Winners winners =
        new Winners(layout, copy(images), (int) Math.ceil(k * layout.height() * layout.width()));
    Parallel.forEach(
        layout.count(),
        () -> {
          long[] map = new long[layout.pixels()];
          return image -> {
            for (int channel = 0; channel < layout.channels(); channel++) {
              winners.chooseInMap(image, channel, map);
            }
          };
        });
    return winners;
  }

  private static float[] copy(INDArray images) {
    if (!FloatStorage.canHold(images.dataType())) {
      return images.castTo(DataType.FLOAT).dup('c').data().asFloat();
    }
    float[] values = new float[Math.toIntExact(images.length())];
    new FloatStorage(images).read(0, values, values.length);
    return values;
  }

  private void chooseInMap(int image, int channel, long[] map) {
    int start = image * layout.pixels() * layout.channels() + channel;
    for (int pixel = 0; pixel < map.length; pixel++) {
      map[pixel] = TopK.entry(values[start + pixel * layout.channels()], pixel);
    }
    TopK.toFront(map, perMap);
    for (int i = 0; i < perMap; i++) {
      won[start + TopK.number(map[i]) * layout.channels()] = 1;
    }
  }

  /**
   * Step 2. The zeros that step 1 left take part, too: they outdo negative winners.
   *
   * @param share of the winners of step 1
   */
  void chooseOverBatch(double share) {
    int perChannel = (int) Math.ceil(share * perMap * layout.count());
    Parallel.forEach(
        layout.channels(),
        () -> {
          long[] ofChannel = new long[layout.count() * layout.pixels()];
          return channel -> chooseInChannel(channel, perChannel, ofChannel);
        });
  }

  private void chooseInChannel(int channel, int perChannel, long[] ofChannel) {
    for (int i = 0; i < ofChannel.length; i++) {
      int place = i * layout.channels() + channel;
      ofChannel[i] = TopK.entry(values[place] * won[place], i);
    }
    TopK.toFront(ofChannel, perChannel);
    for (int i = perChannel; i < ofChannel.length; i++) {
      won[TopK.number(ofChannel[i]) * layout.channels() + channel] = 0;
    }
  }

  /** 1 where a value has won, else 0. */
  void writeTo(INDArray mask) {
    float[] ones = new float[won.length];
    for (int i = 0; i < ones.length; i++) {
      ones[i] = won[i];
    }
    if (FloatStorage.canHold(mask.dataType())) {
      new FloatStorage(mask).write(0, ones, ones.length);
    } else {
      mask.assign(Nd4j.createFromArray(ones).reshape('c', mask.shape()));
    }
  }
}
