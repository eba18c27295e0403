package org.bilateralbrain.data;

import java.util.SplittableRandom;

/** Small image sets for tests. */
public final class TestImages {

  private TestImages() {}

  /** Random pixels; fine labels cycle, coarse labels are fine / finePerCoarse. */
  public static Images of(int count, int fineClasses, int finePerCoarse, long seed) {
    byte[] pixels = new byte[count * Images.BYTES_PER_IMAGE];
    SplittableRandom random = new SplittableRandom(seed);
    random.nextBytes(pixels);
    byte[] fine = new byte[count];
    byte[] coarse = new byte[count];
    for (int i = 0; i < count; i++) {
      fine[i] = (byte) (i % fineClasses);
      coarse[i] = (byte) (fine[i] / finePerCoarse);
    }
    return new Images(pixels, fine, coarse);
  }
}
