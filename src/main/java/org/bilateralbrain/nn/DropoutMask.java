package org.bilateralbrain.nn;

import java.util.SplittableRandom;

/**
 * The random masks of one dropout layer: a value is kept if a hash of its position and of the
 * step's seed is below a threshold. All engines use these masks, so that they drop the same values.
 * Hashing a position needs no earlier random number, so the loop is vectorised, and a GPU can
 * compute the mask where it is used.
 */
public final class DropoutMask {

  /** Values that share a seed; positions are hashed within such pieces. */
  public static final int PIECE = 4096;

  /** Hashes are compared by their upper 24 bits. */
  public static final int HASH_BITS = 24;

  /** The factors of the hash, Chris Wellons' lowbias32. */
  public static final int FACTOR_1 = 0x7feb352d;

  public static final int FACTOR_2 = 0x846ca68b;

  private final double retained;
  private SplittableRandom random = new SplittableRandom(0);

  /**
   * @param dropped probability of dropping a value, in [0, 1)
   */
  public DropoutMask(double dropped) {
    retained = 1 - dropped;
  }

  /**
   * Begins an epoch.
   *
   * @param seed of the epoch
   * @param layer number of the dropout layer in the network, so that layers differ
   */
  public void startEpoch(long seed, int layer) {
    random = new SplittableRandom(seed + layer);
  }

  /** The next step's seed. */
  public int nextSeed() {
    return random.nextInt();
  }

  /** The factor of kept values. */
  public float scale() {
    return (float) (1 / retained);
  }

  /** A value is kept if the upper {@link #HASH_BITS} bits of its hash are below this number. */
  public int threshold() {
    return (int) Math.round(retained * (1 << HASH_BITS));
  }

  /** The seed of a piece of {@link #PIECE} values. */
  public static int pieceSeed(int seed, int piece) {
    return hash(seed + piece);
  }

  /**
   * Writes the bits of floats: {@link #scale} for a kept value, else zero.
   *
   * @param bits the first {@code count} values of a piece
   */
  public void fill(int[] bits, int count, int pieceSeed) {
    fill(bits, count, pieceSeed, threshold(), Float.floatToRawIntBits(scale()));
  }

  /** Without a branch or a conversion, so that the loop is vectorised. */
  private static void fill(int[] bits, int count, int seed, int threshold, int kept) {
    for (int i = 0; i < count; i++) {
      bits[i] = kept & (((hash(seed + i) >>> (Integer.SIZE - HASH_BITS)) - threshold) >> 31);
    }
  }

  /** Every bit of the result depends on every bit of the argument. */
  private static int hash(int x) {
    x = (x ^ x >>> 16) * FACTOR_1;
    x = (x ^ x >>> 15) * FACTOR_2;
    return x ^ x >>> 16;
  }
}
