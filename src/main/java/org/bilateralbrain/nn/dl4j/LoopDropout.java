package org.bilateralbrain.nn.dl4j;

import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Inverted dropout whose mask is a hash of each value's position. The JIT compiler vectorises this
 * loop, whereas ND4J's sequential random numbers took half the time of training heads. Each step's
 * seed is drawn from ND4J's generator, so the masks follow from that generator's seed. Falls back
 * to DL4J's dropout for values that aren't floats in main memory.
 */
public final class LoopDropout extends Dropout {

  private static final long serialVersionUID = 1L;

  /**
   * @param retained probability of keeping a value; kept values are divided by it
   */
  @JsonCreator
  public LoopDropout(@JsonProperty("p") double retained) {
    super(retained);
  }

  @Override
  public INDArray applyDropout(
      INDArray input, INDArray output, int iteration, int epoch, LayerWorkspaceMgr workspaces) {
    if (!FloatStorage.canHold(output.dataType())) {
      return super.applyDropout(input, output, iteration, epoch, workspaces);
    }
    INDArray mask =
        workspaces.createUninitialized(ArrayType.INPUT, output.dataType(), output.shape(), 'c');
    fill(mask, Nd4j.getRandom().nextInt());
    setMask(mask);
    return input.muli(mask, output);
  }

  private void fill(INDArray mask, int seed) {
    FloatStorage storage = new FloatStorage(mask);
    int[] piece = new int[FloatStorage.PIECE];
    int kept = Float.floatToRawIntBits((float) (1 / getP()));
    int threshold = (int) Math.round(getP() * (1 << 24));
    for (long position = 0; position < mask.length(); position += FloatStorage.PIECE) {
      int count = (int) Math.min(FloatStorage.PIECE, mask.length() - position);
      fill(piece, count, hash(seed + (int) (position / FloatStorage.PIECE)), threshold, kept);
      storage.writeBits(position, piece, count);
    }
  }

  /**
   * Writes the bits of floats, either {@code kept} or zero, without a branch or a conversion, so
   * that the loop is vectorised.
   */
  private static void fill(int[] piece, int count, int seed, int threshold, int kept) {
    for (int i = 0; i < count; i++) {
      piece[i] = kept & (((hash(seed + i) >>> 8) - threshold) >> 31);
    }
  }

  /** Chris Wellons' lowbias32: every bit of the result depends on every bit of the argument. */
  private static int hash(int x) {
    x = (x ^ x >>> 16) * 0x7feb352d;
    x = (x ^ x >>> 15) * 0x846ca68b;
    return x ^ x >>> 16;
  }

  @Override
  public LoopDropout clone() {
    return new LoopDropout(getP());
  }
}
