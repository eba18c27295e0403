package org.bilateralbrain.nn.dl4j;

import org.bilateralbrain.nn.Sparsity;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** This engine's masks, for tests of other engines. */
public final class Masks {

  private Masks() {}

  /**
   * 1 for k-winners, else 0.
   *
   * @param values in the order (image, row, column, channel)
   * @param overBatch whether the second step applies, too
   */
  public static float[] winners(
      float[] values, int images, int size, Sparsity sparsity, boolean overBatch) {
    INDArray all = Nd4j.createFromArray(values).reshape('c', images, size, size, -1);
    Winners winners = Winners.ofMaps(all, sparsity.k());
    if (overBatch) {
      winners.chooseOverBatch(sparsity.ofBatch());
    }
    INDArray mask = Nd4j.create(DataType.FLOAT, all.shape());
    winners.writeTo(mask);
    return mask.dup('c').data().asFloat();
  }

  /**
   * The factors of a dropout layer's first two steps in an epoch, one step after the other.
   *
   * @param layer the layer's number
   */
  public static float[][] dropout(double dropped, long seed, int layer, int rows, int columns) {
    LoopDropout dropout = new LoopDropout(1 - dropped);
    dropout.startEpoch(seed, layer);
    return new float[][] {next(dropout, rows, columns), next(dropout, rows, columns)};
  }

  private static float[] next(LoopDropout dropout, int rows, int columns) {
    INDArray ones = Nd4j.ones(DataType.FLOAT, rows, columns);
    return dropout
        .applyDropout(ones, ones.dup(), 0, 0, LayerWorkspaceMgr.noWorkspaces())
        .dup('c')
        .data()
        .asFloat();
  }
}
