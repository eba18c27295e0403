package org.bilateralbrain.nn.dl4j;

import org.bilateralbrain.nn.DropoutMask;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Inverted dropout with the masks of {@link DropoutMask}. ND4J's sequential random numbers took
 * half the time of training heads.
 */
public final class LoopDropout extends Dropout {

  private static final long serialVersionUID = 1L;

  private final transient DropoutMask masks;

  /**
   * @param retained probability of keeping a value; kept values are divided by it
   */
  @JsonCreator
  public LoopDropout(@JsonProperty("p") double retained) {
    super(retained);
    masks = new DropoutMask(1 - retained);
  }

  /** Begins an epoch, see {@link DropoutMask#startEpoch}. */
  void startEpoch(long seed, int layer) {
    masks.startEpoch(seed, layer);
  }

  /**
   * Never in place: DL4J lets the last of several layers overwrite their common input, but runs
   * output layers in reverse order, so that the other heads would read what this one has dropped.
   */
  @Override
  public INDArray applyDropout(
      INDArray input, INDArray output, int iteration, int epoch, LayerWorkspaceMgr workspaces) {
    INDArray mask =
        workspaces.createUninitialized(ArrayType.INPUT, output.dataType(), output.shape(), 'c');
    fill(mask, masks.nextSeed());
    setMask(mask);
    INDArray target =
        output == input
            ? workspaces.createUninitialized(
                ArrayType.INPUT, input.dataType(), input.shape(), input.ordering())
            : output;
    return input.muli(mask, target);
  }

  private void fill(INDArray mask, int seed) {
    if (FloatStorage.canHold(mask.dataType())) {
      FloatStorage storage = new FloatStorage(mask);
      forEachPiece(mask.length(), seed, storage::writeBits);
      return;
    }
    float[] values = new float[Math.toIntExact(mask.length())];
    forEachPiece(
        values.length,
        seed,
        (position, bits, count) -> {
          for (int i = 0; i < count; i++) {
            values[(int) position + i] = Float.intBitsToFloat(bits[i]);
          }
        });
    mask.assign(Nd4j.createFromArray(values).reshape('c', mask.shape()));
  }

  private interface PieceConsumer {
    void accept(long position, int[] bits, int count);
  }

  private void forEachPiece(long length, int seed, PieceConsumer consumer) {
    int[] bits = new int[DropoutMask.PIECE];
    for (long position = 0; position < length; position += DropoutMask.PIECE) {
      int count = (int) Math.min(DropoutMask.PIECE, length - position);
      int piece = (int) (position / DropoutMask.PIECE);
      masks.fill(bits, count, DropoutMask.pieceSeed(seed, piece));
      consumer.accept(position, bits, count);
    }
  }

  /** Java's deserialisation leaves out the masks. */
  private Object readResolve() {
    return clone();
  }

  @Override
  public LoopDropout clone() {
    return new LoopDropout(getP());
  }
}
