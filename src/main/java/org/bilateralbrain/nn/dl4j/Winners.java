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

  /**
   * Chooses the k largest of a sequence of values, and among equal values the first. Images are
   * full of equal values (a white background makes hundreds in a map), and the choice among them
   * changes what a sparse network computes by several percent. PyTorch leaves it to its kernels, of
   * which each chooses in its own way; here one rule holds on every engine and device.
   *
   * <p>A radix select narrows the candidates for the k-th largest value down, one digit of their
   * ranks at a time, in time linear in the number of values. Each thread needs an instance of its
   * own.
   */
  static final class TopK {

    private static final int DIGIT_BITS = 8;
    private static final int HIGHEST_DIGIT = (1 << DIGIT_BITS) - 1;

    private final int[] ranks;
    private final int[] candidates;

    /**
     * @param count of values to choose from
     */
    TopK(int count) {
      ranks = new int[count];
      candidates = new int[count];
    }

    void set(int number, float value) {
      ranks[number] = rank(value);
    }

    /**
     * Larger, as an unsigned number, for a larger value; the same for both zeros; not-a-number is
     * above all numbers.
     */
    private static int rank(float value) {
      int bits = Float.floatToIntBits(value + 0f); // minus zero plus zero is zero
      return bits
          ^ ((bits >> (Integer.SIZE - 1))
              | Integer.MIN_VALUE); // of negative values all bits are inverted
    }

    /**
     * @param k at least 1, at most as many as there are values
     * @param chosen where to write 1 for each value that is chosen, 0 for the others
     */
    void choose(int k, byte[] chosen) {
      System.arraycopy(ranks, 0, candidates, 0, ranks.length);
      int count = ranks.length;
      int left = k; // how many of the candidates are to be chosen
      for (int shift = Integer.SIZE - DIGIT_BITS; !areEqual(count); shift -= DIGIT_BITS) {
        int[] counts = countDigits(count, shift);
        int digit = HIGHEST_DIGIT;
        while (counts[digit] < left) {
          left -= counts[digit--];
        }
        count = keep(digit, count, shift);
      }
      mark(candidates[0], left, chosen);
    }

    private int[] countDigits(int count, int shift) {
      int[] counts = new int[HIGHEST_DIGIT + 1];
      for (int i = 0; i < count; i++) {
        counts[candidates[i] >>> shift & HIGHEST_DIGIT]++;
      }
      return counts;
    }

    /** Returns how many candidates have this digit; they are the first from now on. */
    private int keep(int digit, int count, int shift) {
      int kept = 0;
      for (int i = 0; i < count; i++) {
        int rank = candidates[i];
        candidates[kept] = rank;
        kept += (rank >>> shift & HIGHEST_DIGIT) == digit ? 1 : 0;
      }
      return kept;
    }

    /**
     * @param kth rank of the k-th largest value
     * @param left how many values of this rank are chosen
     */
    private void mark(int kth, int left, byte[] chosen) {
      for (int i = 0; i < ranks.length; i++) {
        // The sign of a difference: processors could not predict a branch.
        chosen[i] =
            (byte)
                ((Integer.toUnsignedLong(kth) - Integer.toUnsignedLong(ranks[i]))
                    >>> (Long.SIZE - 1));
      }
      int toMark = left;
      for (int i = 0; toMark > 0; i++) {
        if (ranks[i] == kth) {
          chosen[i] = 1;
          toMark--;
        }
      }
    }

    /** Whether each of the first candidates equals the next. */
    private boolean areEqual(int count) {
      return Arrays.equals(candidates, 0, count - 1, candidates, 1, count);
    }
  }
}
