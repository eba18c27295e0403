package org.bilateralbrain.nn.layers;

import org.nd4j.linalg.api.ndarray.INDArray;

/** One image's sums of values and of squares. */
final class ChannelMoments {
  private final ImageLayout layout;
  private final FloatStorage source;
  private final float[] values;
  private final PairSums sums;

  ChannelMoments(ImageLayout layout, INDArray input) {
    this.layout = layout;
    source = new FloatStorage(input);
    values = new float[layout.pixelsAtATime() * layout.channels()];
    sums = new PairSums(layout.channels());
  }

  double[] of(int image) {
    sums.startImage();
    int channels = layout.channels();
    for (int pixel = 0; pixel < layout.pixels(); pixel += layout.pixelsAtATime()) {
      int count = Math.min(layout.pixelsAtATime(), layout.pixels() - pixel) * channels;
      source.read(layout.position(image, pixel), values, count);
      for (int start = 0; start < count; start += channels) {
        ChannelLoops.addSquares(values, start, sums.first, sums.second);
      }
      sums.endPiece();
    }
    return sums.ofImage();
  }
}
