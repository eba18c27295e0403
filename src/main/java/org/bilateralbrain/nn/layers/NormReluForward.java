package org.bilateralbrain.nn.layers;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Normalises and rectifies an image, without a pool. */
final class NormReluForward {
  private final ImageLayout layout;
  private final AffineNorm affine;
  private final float floor;
  private final FloatStorage source;
  private final FloatStorage target;
  private final float[] values;

  NormReluForward(
      ImageLayout layout, AffineNorm affine, float floor, INDArray input, INDArray output) {
    this.layout = layout;
    this.affine = affine;
    this.floor = floor;
    source = new FloatStorage(input);
    target = new FloatStorage(output);
    values = new float[layout.pixelsAtATime() * layout.channels()];
  }

  void image(int image) {
    int channels = layout.channels();
    for (int pixel = 0; pixel < layout.pixels(); pixel += layout.pixelsAtATime()) {
      int count = Math.min(layout.pixelsAtATime(), layout.pixels() - pixel) * channels;
      long position = layout.position(image, pixel);
      source.read(position, values, count);
      for (int start = 0; start < count; start += channels) {
        ChannelLoops.normaliseAndRectify(values, start, affine.scale(), affine.shift(), floor);
      }
      target.write(position, values, count);
    }
  }
}
