package org.bilateralbrain.nn.dl4j;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The two steps of {@link KWinners} on a batch of images (batch, height, width, channels). Values
 * of a map or channel are passed on in the order in which they lie in memory, image by image, row
 * by row: of equal ones the first wins.
 */
final class Winners {

  private final ImageLayout layout;
  private final float[] values;
  private final int perMap;

  /**
   * For each value whether it has won so far. Bytes, because threads may write neighbouring ones.
   */
  private final byte[] won;

  private Winners(ImageLayout layout, float[] values, int perMap) {
    this.layout = layout;
    this.values = values;
    this.perMap = perMap;
    won = new byte[values.length];
    Arrays.fill(won, (byte) 1);
  }

  /** Step 1. */
  static Winners ofMaps(INDArray images, double k) {
    ImageLayout layout = ImageLayout.of(images, 1);
    Winners winners =
        new Winners(layout, copy(images), (int) Math.ceil(k * layout.height() * layout.width()));
    NativeThreads.forEach(
        layout.count(),
        () -> {
          Choice choice = winners.new Choice(layout.pixels());
          return image -> {
            int start = Math.toIntExact(layout.position(image, 0));
            for (int channel = 0; channel < layout.channels(); channel++) {
              choice.keepLargest(start + channel, winners.perMap);
            }
          };
        });
    return winners;
  }

  /**
   * Step 2. The zeros that step 1 left take part, too: they outdo negative winners.
   *
   * @param share of the winners of step 1
   */
  void chooseOverBatch(double share) {
    int perChannel = (int) Math.ceil(share * perMap * layout.count());
    NativeThreads.forEach(
        layout.channels(),
        () -> {
          Choice choice = new Choice(layout.count() * layout.pixels());
          return channel -> choice.keepLargest(channel, perChannel);
        });
  }

  /** One thread's choice among so many values of a channel, each a pixel after the one before. */
  private final class Choice {
    private final TopK topK;
    private final byte[] chosen;

    Choice(int count) {
      topK = new TopK(count);
      chosen = new byte[count];
    }

    void keepLargest(int start, int k) {
      for (int i = 0; i < chosen.length; i++) {
        int place = start + i * layout.channels();
        topK.set(i, won[place] == 1 ? values[place] : 0);
      }
      topK.choose(k, chosen);
      for (int i = 0; i < chosen.length; i++) {
        won[start + i * layout.channels()] &= chosen[i];
      }
    }
  }

  private static float[] copy(INDArray images) {
    if (!FloatStorage.canHold(images.dataType())) {
      return images.castTo(DataType.FLOAT).dup('c').data().asFloat();
    }
    float[] values = new float[Math.toIntExact(images.length())];
    new FloatStorage(images).read(0, values, values.length);
    return values;
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
