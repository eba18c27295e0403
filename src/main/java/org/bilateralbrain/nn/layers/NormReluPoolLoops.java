package org.bilateralbrain.nn.layers;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The form made of plain loops, for floats in main memory: two passes over the data forward and two back.
 *
 * <p>An image is the unit of work: sums are made image by image and added up in the images' order, so that they don't
 * depend on how many threads share the work.
 */
final class NormReluPoolLoops implements NormReluPoolForm {

  @Override
  public void statistics(INDArray input, INDArray mean, INDArray variance) {
    ImageLayout layout = ImageLayout.of(input, 1);
    double[][] sums = new double[layout.count()][];
    Parallel.forEach(
        layout.count(),
        () -> {
          Sums worker = new Sums(layout, input);
          return image -> sums[image] = worker.of(image);
        });
    double[] sum = addUp(sums);
    double n = (double) layout.count() * layout.pixels();
    float[] means = new float[layout.channels()];
    float[] variances = new float[layout.channels()];
    for (int c = 0; c < means.length; c++) {
      double average = sum[c] / n;
      means[c] = (float) average;
      variances[c] = (float) Math.max(0, sum[means.length + c] / n - average * average);
    }
    mean.assign(Nd4j.createFromArray(means));
    variance.assign(Nd4j.createFromArray(variances));
  }

  @Override
  public void forward(INDArray input, Norm norm, Rectification then, INDArray output) {
    ImageLayout layout = ImageLayout.of(input, then.poolSize());
    AffineNorm affine = AffineNorm.of(norm);
    Parallel.forEach(
        layout.count(),
        () ->
            then.poolSize() == 1
                ? new PlainForward(layout, affine, then.floor(), input, output)::image
                : new PooledForward(layout, affine, input, output)::image);
  }

  @Override
  public void backward(
      INDArray input,
      Norm norm,
      Rectification then,
      INDArray outputGradient,
      INDArray inputGradient,
      INDArray gammaGradient,
      INDArray betaGradient) {
    ImageLayout layout = ImageLayout.of(input, then.poolSize());
    AffineNorm affine = AffineNorm.of(norm);
    double[][] sums = new double[layout.count()][];
    Parallel.forEach(
        layout.count(),
        () -> {
          Backward worker = new Backward(layout, affine, then.floor(), input, outputGradient, inputGradient);
          return image -> sums[image] = worker.image(image);
        });
    double[] sum = addUp(sums);
    int channels = layout.channels();
    float[] mean = norm.mean().toFloatVector();
    float[] gamma = new float[channels];
    float[] beta = new float[channels];
    float[] ofInput = new float[channels];
    float[] constant = new float[channels];
    double n = (double) layout.count() * layout.pixels();
    for (int c = 0; c < channels; c++) {
      double deviation = affine.deviation()[c];
      double dGamma = deviation * (sum[channels + c] - mean[c] * sum[c]);
      double ofNormalised = -affine.scale()[c] * dGamma / n;
      beta[c] = (float) sum[c];
      gamma[c] = (float) dGamma;
      ofInput[c] = (float) (ofNormalised * deviation);
      constant[c] = (float) (-ofNormalised * deviation * mean[c] - affine.scale()[c] * sum[c] / n);
    }
    gammaGradient.assign(Nd4j.createFromArray(gamma));
    betaGradient.assign(Nd4j.createFromArray(beta));
    Parallel.forEach(
        layout.count(), () -> new Combine(layout, affine.scale(), ofInput, constant, input, inputGradient)::image);
  }

  /** In the images' order, whoever made the sums. */
  private static double[] addUp(double[][] sums) {
    double[] total = new double[sums[0].length];
    for (double[] sum : sums) {
      for (int i = 0; i < total.length; i++) {
        total[i] += sum[i];
      }
    }
    return total;
  }

  /** Sums of pairs of values for each channel: in floats over a piece, in doubles over an image. */
  private static final class PairSums {
    private final float[] first;
    private final float[] second;
    private double[] total;

    PairSums(int channels) {
      first = new float[channels];
      second = new float[channels];
    }

    void startImage() {
      total = new double[2 * first.length];
    }

    void endPiece() {
      for (int c = 0; c < first.length; c++) {
        total[c] += first[c];
        total[first.length + c] += second[c];
      }
      Arrays.fill(first, 0);
      Arrays.fill(second, 0);
    }
  }

  /** One image's sums of values and of squares. */
  private static final class Sums {
    private final ImageLayout layout;
    private final FloatStorage source;
    private final float[] values;
    private final PairSums sums;

    Sums(ImageLayout layout, INDArray input) {
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
      return sums.total;
    }
  }

  private static final class PlainForward {
    private final ImageLayout layout;
    private final AffineNorm affine;
    private final float floor;
    private final FloatStorage source;
    private final FloatStorage target;
    private final float[] values;

    PlainForward(ImageLayout layout, AffineNorm affine, float floor, INDArray input, INDArray output) {
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

  private static final class PooledForward {
    private final ImageLayout layout;
    private final AffineNorm affine;
    private final FloatStorage source;
    private final FloatStorage target;
    private final float[] row;
    private final float[] pooled;

    PooledForward(ImageLayout layout, AffineNorm affine, INDArray input, INDArray output) {
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
            ChannelLoops.raise(pooled, x / size * channels, row, x * channels, affine.scale(), affine.shift());
          }
        }
        target.write(layout.pooledPosition(image, y), pooled, pooled.length);
      }
    }
  }

  /**
   * Writes the gradient that arrives at the normalised values of an image, back through the pool and the ReLU; returns
   * for each channel its sum and the sum of its products with the input. A pool's gradient goes to the first of its
   * highest values, as in PyTorch.
   */
  private static final class Backward {
    private final ImageLayout layout;
    private final AffineNorm affine;
    private final float floor;
    private final FloatStorage source;
    private final FloatStorage above;
    private final FloatStorage target;
    private final float[] band;
    private final float[] gradients;
    private final float[] pooled;
    private final float[] highest;
    private final float[] left;
    private final PairSums sums;

    Backward(
        ImageLayout layout,
        AffineNorm affine,
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
      sums = new PairSums(layout.channels());
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
      return sums.total;
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
  }

  private static final class Combine {
    private final ImageLayout layout;
    private final float[] ofGradient;
    private final float[] ofInput;
    private final float[] constant;
    private final FloatStorage source;
    private final FloatStorage target;
    private final float[] values;
    private final float[] gradients;

    Combine(
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
