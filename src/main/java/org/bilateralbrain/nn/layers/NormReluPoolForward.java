package org.bilateralbrain.nn.layers;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Normalises, rectifies and pools an image. */
final class NormReluPoolForward {
  private final ImageLayout layout;
  private final AffineNorm affine;
  private final FloatStorage source;
  private final FloatStorage target;
  private final float[] row;
  private final float[] pooled;

  NormReluPoolForward(ImageLayout layout, AffineNorm affine, INDArray input, INDArray output) {
    this.layout = layout;
    this.affine = affine;
    source = new FloatStorage(input);
    target = new FloatStorage(output);
    row = new float[layout.width() * layout.channels()];
    pooled = new float[layout.pooledWidth() * layout.channels()];
  }

  void image(int image) {
    int channels = layout.channels();
    int size = layout.poolSize();
    for (int y = 0; y < layout.pooledHeight(); y++) {
      Arrays.fill(pooled, 0f); // the least that a ReLU gives
      for (int dy = 0; dy < size; dy++) {
        source.read(layout.position(image, (y * size + dy) * layout.width()), row, row.length);
        for (int x = 0; x < layout.pooledWidth() * size; x++) {
          ChannelLoops.raise(
              pooled, x / size * channels, row, x * channels, affine.scale(), affine.shift());
        }
      }
      target.write(layout.pooledPosition(image, y), pooled, pooled.length);
    }
  }
}
