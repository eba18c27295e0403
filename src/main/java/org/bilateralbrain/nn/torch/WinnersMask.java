package org.bilateralbrain.nn.torch;

import org.bilateralbrain.nn.Sparsity;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The two steps of {@link Sparsity} on a batch of images of logical shape (batch, channels, height,
 * width). The k-th largest value is a threshold; of the values equal to it, the first ones win, so
 * that the choice doesn't depend on how a device sorts. Values are compared as floats, whatever
 * their type.
 */
final class WinnersMask {

  private WinnersMask() {}

  /**
   * 1 for the values to keep, else 0, in the shape of the images.
   *
   * @param overBatch whether the second step applies, too
   */
  static Tensor of(Tensor images, Sparsity sparsity, boolean overBatch) {
    Tensor values = images.detach().to(ScalarType.Float);
    long batch = values.size(0);
    long channels = values.size(1);
    long height = values.size(2);
    long width = values.size(3);
    int perMap = (int) Math.ceil(sparsity.k() * height * width);
    Tensor maps = values.contiguous().view(batch, channels, height * width);
    Tensor won = largest(maps, perMap);
    if (overBatch) {
      long perChannel = (long) Math.ceil(sparsity.ofBatch() * perMap * batch);
      won = won.mul(ofBatch(maps.mul(won), perChannel));
    }
    return won.view(batch, channels, height, width).to(images.scalar_type());
  }

  /** The losers of the first step compete as zeros and beat negative winners. */
  private static Tensor ofBatch(Tensor maps, long perChannel) {
    Tensor byChannel = maps.permute(1, 0, 2).contiguous().view(maps.size(1), -1);
    return largest(byChannel, perChannel)
        .view(maps.size(1), maps.size(0), maps.size(2))
        .permute(1, 0, 2);
  }

  /** 1 for the k largest values along the last dimension, the first ones in case of ties. */
  private static Tensor largest(Tensor rows, long k) {
    long last = rows.dim() - 1;
    Tensor kth = rows.topk(k, last, true, false).get0().amin(new long[] {last}, true);
    Tensor above = rows.gt(kth);
    Tensor equal = rows.eq(kth);
    Tensor left = above.sum(new long[] {last}, true, Tensors.NO_TYPE).neg();
    left = left.add(new Scalar(k));
    Tensor first = equal.cumsum(last).le(left).logical_and(equal);
    return above.logical_or(first).to(rows.scalar_type());
  }
}
