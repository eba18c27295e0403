package org.bilateralbrain.nn.dl4j;

import java.util.Arrays;
import org.bilateralbrain.nn.dl4j.NormReluPoolForm.Rectification;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Writes the gradient that arrives at the normalised values of an image, back through the pool and
 * the ReLU; returns for each channel its sum and the sum of its products with the input. A pool's
 * gradient goes to the first of its highest values, as in PyTorch.
 */
final class NormReluPoolBackward {
  private final ImageLayout layout;
  private final ChannelLoops.AffineNorm affine;
  private final float floor;
  private final FloatStorage source;
  private final FloatStorage above;
  private final FloatStorage target;
  private final float[] band;
  private final float[] gradients;
  private final float[] pooled;
  private final float[] highest;
  private final float[] left;
  private final ChannelLoops.PairSums sums;

  NormReluPoolBackward(
      ImageLayout layout,
      ChannelLoops.AffineNorm affine,
      float floor,
      INDArray input,
      INDArray outputGradient,
      INDArray inputGradient) {
    this.layout = layout;
    this.affine = affine;
    this.floor = floor;
    source = new FloatStorage(input);
    above = new FloatStorage(outputGradient);
    target = new FloatStorage(inputGradient);
    band = new float[layout.poolSize() * layout.width() * layout.channels()];
    gradients = new float[band.length];
    pooled = new float[layout.pooledWidth() * layout.channels()];
    highest = new float[layout.channels()];
    left = new float[layout.channels()];
    sums = new ChannelLoops.PairSums(layout.channels());
  }

  double[] image(int image) {
    sums.startImage();
    int size = layout.poolSize();
    for (int y = 0; y < layout.pooledHeight(); y++) {
      long position = layout.position(image, y * size * layout.width());
      source.read(position, band, band.length);
      above.read(layout.pooledPosition(image, y), pooled, pooled.length);
      if (floor == Rectification.NONE) {
        backThroughNothing();
      } else if (size == 1) {
        backThroughReLU();
      } else {
        backThroughPools();
      }
      target.write(position, gradients, gradients.length);
      sums.endPiece();
    }
    clearBelowLastPool(image);
    return sums.ofImage();
  }

  private void backThroughNothing() {
    System.arraycopy(pooled, 0, gradients, 0, gradients.length);
    for (int start = 0; start < band.length; start += layout.channels()) {
      ChannelLoops.addProducts(band, gradients, start, sums.first, sums.second);
    }
  }

  private void backThroughReLU() {
    for (int start = 0; start < band.length; start += layout.channels()) {
      ChannelLoops.gradientOfReLU(band, start, pooled, gradients, affine.scale(), affine.shift());
      ChannelLoops.addProducts(band, gradients, start, sums.first, sums.second);
    }
  }

  private void backThroughPools() {
    Arrays.fill(gradients, 0); // columns that belong to no pool
    for (int x = 0; x < layout.pooledWidth(); x++) {
      Arrays.fill(highest, 0f);
      for (int i = 0; i < layout.poolSize() * layout.poolSize(); i++) {
        ChannelLoops.raise(highest, 0, band, pixelOfPool(x, i), affine.scale(), affine.shift());
      }
      ChannelLoops.gradientOfPool(highest, pooled, x * layout.channels(), left);
      for (int i = 0; i < layout.poolSize() * layout.poolSize(); i++) {
        int start = pixelOfPool(x, i);
        ChannelLoops.take(highest, left, band, start, gradients, affine.scale(), affine.shift());
        ChannelLoops.addProducts(band, gradients, start, sums.first, sums.second);
      }
    }
  }

  /** Where the i-th pixel of the x-th pool starts in the band, row by row. */
  private int pixelOfPool(int x, int i) {
    int size = layout.poolSize();
    return (i / size * layout.width() + x * size + i % size) * layout.channels();
  }

  private void clearBelowLastPool(int image) {
    int channels = layout.channels();
    float[] zeros = new float[layout.width() * channels];
    for (int row = layout.pooledHeight() * layout.poolSize(); row < layout.height(); row++) {
      target.write(layout.position(image, row * layout.width()), zeros, zeros.length);
    }
  }

  /**
   * From the gradient at the normalised values of an image to that at its values, channel by
   * channel.
   */
  static final class GradientCombination {
    private final ImageLayout layout;
    private final float[] ofGradient;
    private final float[] ofInput;
    private final float[] constant;
    private final FloatStorage source;
    private final FloatStorage target;
    private final float[] values;
    private final float[] gradients;

    GradientCombination(
        ImageLayout layout,
        float[] ofGradient,
        float[] ofInput,
        float[] constant,
        INDArray input,
        INDArray inputGradient) {
      this.layout = layout;
      this.ofGradient = ofGradient;
      this.ofInput = ofInput;
      this.constant = constant;
      source = new FloatStorage(input);
      target = new FloatStorage(inputGradient);
      values = new float[layout.pixelsAtATime() * layout.channels()];
      gradients = new float[values.length];
    }

    void image(int image) {
      int channels = layout.channels();
      for (int pixel = 0; pixel < layout.pixels(); pixel += layout.pixelsAtATime()) {
        int count = Math.min(layout.pixelsAtATime(), layout.pixels() - pixel) * channels;
        long position = layout.position(image, pixel);
        source.read(position, values, count);
        target.read(position, gradients, count);
        for (int start = 0; start < count; start += channels) {
          ChannelLoops.combine(values, gradients, start, ofGradient, ofInput, constant);
        }
        target.write(position, gradients, count);
      }
    }
  }
}
