package org.bilateralbrain.nn.dl4j;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The two steps of {@link org.bilateralbrain.nn.Sparsity} on a batch of images (batch, height,
 * width, channels). Values of a map or channel are compared in memory order, image by image and row
 * by row, and the first of equal values wins.
 */
final class Winners {

  private final ImageLayout layout;
  private final float[] values;
  private final int perMap;

  /**
   * 1 for each value that has won so far, else 0. Bytes rather than a BitSet, because threads write
   * neighbouring values.
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
   * Step 2. The zeros left by step 1 also compete and beat negative winners.
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

  /** One thread's choice among values of a channel at successive pixels. */
  private final class Choice {
    private final TopK topK;
    private final byte[] chosen;

    Choice(int count) {
      topK = new TopK(count);
      chosen = new byte[count];
    }

    void keepLargest(int start, int k) {
      for (int i = 0; i < chosen.length; i++) {
        int position = start + i * layout.channels();
        topK.set(i, won[position] == 1 ? values[position] : 0);
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

  /** Writes 1 where a value has won, else 0. */
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
   * Chooses the k largest of a sequence of values, the first ones in case of ties. Images are full
   * of ties (a white background makes hundreds in a map), and how they are broken changes a sparse
   * network's results by several percent. In PyTorch it depends on the kernel; here one rule holds
   * for every engine and device.
   *
   * <p>A radix select narrows down the candidates for the k-th largest value, one digit of their
   * ranks at a time, in linear time. Not thread-safe.
   */
  static final class TopK {

    private static final int DIGIT_BITS = 8;
    private static final int HIGHEST_DIGIT = (1 << DIGIT_BITS) - 1;

    private final int[] ranks;
    private final int[] candidates;

    /**
     * @param count number of values to choose from
     */
    TopK(int count) {
      ranks = new int[count];
      candidates = new int[count];
    }

    void set(int number, float value) {
      ranks[number] = rank(value);
    }

    /**
     * Maps a value to an unsigned number of the same order. Both zeros are equal; NaN is above all
     * numbers.
     */
    private static int rank(float value) {
      int bits = Float.floatToIntBits(value + 0f); // minus zero plus zero is zero
      return bits
          ^ ((bits >> (Integer.SIZE - 1))
              | Integer.MIN_VALUE); // of negative values all bits are inverted
    }

    /**
     * @param k from 1 to the number of values
     * @param chosen overwritten with 1 for each chosen value, 0 for the others
     */
    void choose(int k, byte[] chosen) {
      System.arraycopy(ranks, 0, candidates, 0, ranks.length);
      int count = ranks.length;
      int left = k; // how many of the candidates to choose
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

    /** Moves the candidates with this digit to the front and returns their number. */
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
     * @param left how many values of this rank to choose
     */
    private void mark(int kth, int left, byte[] chosen) {
      for (int i = 0; i < ranks.length; i++) {
        // the sign of a difference instead of a branch, which CPUs couldn't predict
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

    /** Whether the first {@code count} candidates are all equal. */
    private boolean areEqual(int count) {
      return Arrays.equals(candidates, 0, count - 1, candidates, 1, count);
    }
  }
}
