package org.bilateralbrain.data;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** The order in which an epoch goes through the images. */
public final class Order {

  private Order() {}

  /**
   * The numbers from 0 to n - 1, shuffled; the order follows from its stream and the epoch alone.
   */
  public static int[] ofEpoch(int n, Streams streams, int epoch) {
    int[] order = IntStream.range(0, n).toArray();
    SplittableRandom random = new SplittableRandom(Seeds.derive(streams.order(), "order", epoch));
    for (int i = n - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }
}
