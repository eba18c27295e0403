package org.bilateralbrain.nn.dl4j;

import java.util.Arrays;
import org.bilateralbrain.nn.dl4j.NormReluPoolForm.Rectification;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Propagates the gradient of one image at a time back through pool and ReLU to the normalised
 * values, and returns its sum and the sum of its products with the input, per channel. A pool's
 * gradient goes to the first of its maxima, as in PyTorch.
 */
final class NormReluPoolBackward {
  private final ImageLayout layout;
  private final ChannelLoops.AffineNorm affine;
  private final float floor;
  private final FloatStorage source;
  private final FloatStorage outputGradients;
  private final FloatStorage target;
  private final float[] band;
  private final float[] gradients;
  private final float[] pooled;
  private final float[] highest;
  private final float[] remaining;
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
    outputGradients = new FloatStorage(outputGradient);
    target = new FloatStorage(inputGradient);
    band = new float[layout.poolSize() * layout.width() * layout.channels()];
    gradients = new float[band.length];
    pooled = new float[layout.pooledWidth() * layout.channels()];
    highest = new float[layout.channels()];
    remaining = new float[layout.channels()];
    sums = new ChannelLoops.PairSums(layout.channels());
  }

  /** Returns the sums of all channels, then the sums of products of all channels. */
  double[] image(int image) {
    sums.startImage();
    int size = layout.poolSize();
    for (int y = 0; y < layout.pooledHeight(); y++) {
      long position = layout.position(image, y * size * layout.width());
      source.read(position, band, band.length);
      outputGradients.read(layout.pooledPosition(image, y), pooled, pooled.length);
      if (floor == Rectification.NONE) {
        copyGradient();
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

  private void copyGradient() {
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
        ChannelLoops.updateMaxima(
            highest, 0, band, pixelOfPool(x, i), affine.scale(), affine.shift());
      }
      ChannelLoops.gradientOfPool(highest, pooled, x * layout.channels(), remaining);
      for (int i = 0; i < layout.poolSize() * layout.poolSize(); i++) {
        int start = pixelOfPool(x, i);
        ChannelLoops.assignPoolGradient(
            highest, remaining, band, start, gradients, affine.scale(), affine.shift());
        ChannelLoops.addProducts(band, gradients, start, sums.first, sums.second);
      }
    }
  }

  /** Index in the band of the i-th pixel, row by row, of the x-th pool. */
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

  /** Turns the gradient at batch norm's output into that at its input, for one image at a time. */
  static final class GradientCombination {
    private final ImageLayout layout;
    private final float[] gradientFactor;
    private final float[] inputFactor;
    private final float[] constant;
    private final FloatStorage source;
    private final FloatStorage target;
    private final float[] values;
    private final float[] gradients;

    GradientCombination(
        ImageLayout layout,
        float[] gradientFactor,
        float[] inputFactor,
        float[] constant,
        INDArray input,
        INDArray inputGradient) {
      this.layout = layout;
      this.gradientFactor = gradientFactor;
      this.inputFactor = inputFactor;
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
          ChannelLoops.combine(values, gradients, start, gradientFactor, inputFactor, constant);
        }
        target.write(position, gradients, count);
      }
    }
  }
}
