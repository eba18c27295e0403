package org.bilateralbrain.nn.layers;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The form made of plain loops, for floats in main memory: two passes over the data forward and two back. The loops run
 * over channels, which lie side by side, without a branch, so that the JIT compiler turns them into vector instructions.
 *
 * <p>An image is the unit of work: sums are made image by image and added up in the images' order, so that they don't
 * depend on how many threads share the work.
 */
final class NormReluPoolLoops implements NormReluPoolForm {

  /** So large that any positive float times this is at least 1 (or infinite). */
  private static final float STEEP = 3e38f;

  @Override
  public void statistics(INDArray input, INDArray mean, INDArray variance) {
    Images images = Images.of(input, 1);
    double[][] sums = new double[images.count][];
    Parallel.forEach(images.count, image -> sums[image] = sums(input, images, image));
    double[] sum = addUp(sums);
    double n = (double) images.count * images.pixels();
    float[] means = new float[images.channels];
    float[] variances = new float[images.channels];
    for (int c = 0; c < images.channels; c++) {
      double average = sum[c] / n;
      means[c] = (float) average;
      variances[c] = (float) Math.max(0, sum[images.channels + c] / n - average * average);
    }
    mean.assign(Nd4j.createFromArray(means));
    variance.assign(Nd4j.createFromArray(variances));
  }

  /** Sums of the values and of their squares of one image, for each channel. */
  private static double[] sums(INDArray input, Images images, int image) {
    FloatStorage storage = new FloatStorage(input);
    int channels = images.channels;
    int pixelsAtATime = images.pixelsAtATime();
    float[] values = new float[pixelsAtATime * channels];
    double[] sums = new double[2 * channels];
    for (int pixel = 0; pixel < images.pixels(); pixel += pixelsAtATime) {
      int count = Math.min(pixelsAtATime, images.pixels() - pixel) * channels;
      storage.read(images.position(image, pixel), values, count);
      float[] sum = new float[channels];
      float[] squares = new float[channels];
      for (int start = 0; start < count; start += channels) {
        addSquares(values, start, sum, squares);
      }
      for (int c = 0; c < channels; c++) {
        sums[c] += sum[c];
        sums[channels + c] += squares[c];
      }
    }
    return sums;
  }

  private static void addSquares(float[] values, int start, float[] sum, float[] squares) {
    for (int c = 0; c < sum.length; c++) {
      float value = values[start + c];
      sum[c] += value;
      squares[c] += value * value;
    }
  }

  @Override
  public void forward(INDArray input, Norm norm, int poolSize, INDArray output) {
    Images images = Images.of(input, poolSize);
    Affine affine = Affine.of(norm);
    Parallel.forEach(
        images.count,
        image -> {
          if (poolSize == 1) {
            forwardPlain(input, images, image, affine, output);
          } else {
            forwardPooled(input, images, image, affine, output);
          }
        });
  }

  private static void forwardPlain(INDArray input, Images images, int image, Affine affine, INDArray output) {
    FloatStorage source = new FloatStorage(input);
    FloatStorage target = new FloatStorage(output);
    int pixelsAtATime = images.pixelsAtATime();
    float[] values = new float[pixelsAtATime * images.channels];
    for (int pixel = 0; pixel < images.pixels(); pixel += pixelsAtATime) {
      int count = Math.min(pixelsAtATime, images.pixels() - pixel) * images.channels;
      long position = images.position(image, pixel);
      source.read(position, values, count);
      for (int start = 0; start < count; start += images.channels) {
        rectify(values, start, affine.scale, affine.shift);
      }
      target.write(position, values, count);
    }
  }

  private static void rectify(float[] values, int start, float[] scale, float[] shift) {
    for (int c = 0; c < scale.length; c++) {
      values[start + c] = Math.max(0f, values[start + c] * scale[c] + shift[c]);
    }
  }

  private static void forwardPooled(INDArray input, Images images, int image, Affine affine, INDArray output) {
    FloatStorage source = new FloatStorage(input);
    FloatStorage target = new FloatStorage(output);
    int channels = images.channels;
    int size = images.poolSize;
    float[] row = new float[images.width * channels];
    float[] pooled = new float[images.pooledWidth() * channels];
    for (int y = 0; y < images.pooledHeight(); y++) {
      Arrays.fill(pooled, 0f); // the least that a ReLU gives
      for (int dy = 0; dy < size; dy++) {
        source.read(images.position(image, (y * size + dy) * images.width), row, row.length);
        for (int x = 0; x < images.pooledWidth() * size; x++) {
          highest(row, x * channels, pooled, x / size * channels, affine.scale, affine.shift);
        }
      }
      target.write(images.pooledPosition(image, y), pooled, pooled.length);
    }
  }

  private static void highest(float[] row, int start, float[] pooled, int pool, float[] scale, float[] shift) {
    for (int c = 0; c < scale.length; c++) {
      pooled[pool + c] = Math.max(pooled[pool + c], row[start + c] * scale[c] + shift[c]);
    }
  }

  @Override
  public void backward(
      INDArray input,
      Norm norm,
      int poolSize,
      INDArray outputGradient,
      INDArray inputGradient,
      INDArray gammaGradient,
      INDArray betaGradient) {
    Images images = Images.of(input, poolSize);
    Affine affine = Affine.of(norm);
    int channels = images.channels;
    double[][] sums = new double[images.count][];
    Parallel.forEach(
        images.count,
        image -> sums[image] = gradientAtNorm(input, images, image, affine, outputGradient, inputGradient));
    double[] sum = addUp(sums);
    float[] mean = norm.mean().toFloatVector();
    float[] gamma = new float[channels];
    float[] beta = new float[channels];
    float[] ofInput = new float[channels];
    float[] constant = new float[channels];
    double n = (double) images.count * images.pixels();
    for (int c = 0; c < channels; c++) {
      double dGamma = affine.deviation[c] * (sum[channels + c] - mean[c] * sum[c]);
      beta[c] = (float) sum[c];
      gamma[c] = (float) dGamma;
      double ofNormalised = -affine.scale[c] * dGamma / n;
      ofInput[c] = (float) (ofNormalised * affine.deviation[c]);
      constant[c] = (float) (-ofNormalised * affine.deviation[c] * mean[c] - affine.scale[c] * sum[c] / n);
    }
    gammaGradient.assign(Nd4j.createFromArray(gamma));
    betaGradient.assign(Nd4j.createFromArray(beta));
    Parallel.forEach(
        images.count, image -> combine(input, images, image, affine.scale, ofInput, constant, inputGradient));
  }

  /**
   * Writes the gradient that arrives at the normalised values, back through the pool and the ReLU; returns for each
   * channel its sum and the sum of its products with the input.
   */
  private static double[] gradientAtNorm(
      INDArray input, Images images, int image, Affine affine, INDArray outputGradient, INDArray gradient) {
    FloatStorage source = new FloatStorage(input);
    FloatStorage above = new FloatStorage(outputGradient);
    FloatStorage target = new FloatStorage(gradient);
    int channels = images.channels;
    int size = images.poolSize;
    double[] sums = new double[2 * channels];
    float[] band = new float[size * images.width * channels];
    float[] gradients = new float[band.length];
    float[] pooled = new float[images.pooledWidth() * channels];
    Pool pool = new Pool(channels);
    int y = 0;
    for (; y < images.pooledHeight(); y++) {
      long position = images.position(image, y * size * images.width);
      source.read(position, band, band.length);
      above.read(images.pooledPosition(image, y), pooled, pooled.length);
      float[] sum = new float[channels];
      float[] products = new float[channels];
      for (int x = 0; x < images.pooledWidth(); x++) {
        if (size == 1) {
          stepBack(band, x * channels, pooled, gradients, affine.scale, affine.shift);
          addProducts(band, gradients, x * channels, sum, products);
        } else {
          pool.back(band, images.width, size, x, pooled, gradients, affine);
          for (int dy = 0; dy < size; dy++) {
            for (int dx = 0; dx < size; dx++) {
              addProducts(band, gradients, (dy * images.width + x * size + dx) * channels, sum, products);
            }
          }
        }
      }
      target.write(position, gradients, gradients.length);
      for (int c = 0; c < channels; c++) {
        sums[c] += sum[c];
        sums[channels + c] += products[c];
      }
    }
    clearRest(target, images, image, y * size);
    return sums;
  }

  /** Rows below the last whole pool get no gradient. */
  private static void clearRest(FloatStorage target, Images images, int image, int firstRow) {
    float[] zeros = new float[images.width * images.channels];
    for (int row = firstRow; row < images.height; row++) {
      target.write(images.position(image, row * images.width), zeros, zeros.length);
    }
  }

  private static void stepBack(
      float[] values, int start, float[] above, float[] gradients, float[] scale, float[] shift) {
    for (int c = 0; c < scale.length; c++) {
      float rectified = Math.max(0f, values[start + c] * scale[c] + shift[c]);
      gradients[start + c] = above[start + c] * Math.min(1f, rectified * STEEP);
    }
  }

  private static void addProducts(float[] values, float[] gradients, int start, float[] sum, float[] products) {
    for (int c = 0; c < sum.length; c++) {
      sum[c] += gradients[start + c];
      products[c] += gradients[start + c] * values[start + c];
    }
  }

  /** Gradient at the norm to gradient at the input, in place: scale g + ofInput x + constant. */
  private static void combine(
      INDArray input,
      Images images,
      int image,
      float[] scale,
      float[] ofInput,
      float[] constant,
      INDArray gradient) {
    FloatStorage source = new FloatStorage(input);
    FloatStorage target = new FloatStorage(gradient);
    int pixelsAtATime = images.pixelsAtATime();
    float[] values = new float[pixelsAtATime * images.channels];
    float[] gradients = new float[values.length];
    for (int pixel = 0; pixel < images.pixels(); pixel += pixelsAtATime) {
      int count = Math.min(pixelsAtATime, images.pixels() - pixel) * images.channels;
      long position = images.position(image, pixel);
      source.read(position, values, count);
      target.read(position, gradients, count);
      for (int start = 0; start < count; start += images.channels) {
        combine(values, gradients, start, scale, ofInput, constant);
      }
      target.write(position, gradients, count);
    }
  }

  private static void combine(
      float[] values, float[] gradients, int start, float[] scale, float[] ofInput, float[] constant) {
    for (int c = 0; c < scale.length; c++) {
      gradients[start + c] = gradients[start + c] * scale[c] + values[start + c] * ofInput[c] + constant[c];
    }
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

  /** Gives a pool's gradient to the first of its highest values, as PyTorch does; none if no value is positive. */
  private static final class Pool {
    private final float[] highest;
    private final float[] left;

    Pool(int channels) {
      highest = new float[channels];
      left = new float[channels];
    }

    void back(float[] band, int width, int size, int x, float[] above, float[] gradients, Affine affine) {
      int channels = highest.length;
      Arrays.fill(highest, 0f);
      for (int dy = 0; dy < size; dy++) {
        for (int dx = 0; dx < size; dx++) {
          int start = (dy * width + x * size + dx) * channels;
          NormReluPoolLoops.highest(band, start, highest, 0, affine.scale, affine.shift);
        }
      }
      passOn(above, x * channels);
      for (int dy = 0; dy < size; dy++) {
        for (int dx = 0; dx < size; dx++) {
          int start = (dy * width + x * size + dx) * channels;
          take(band, start, gradients, affine.scale, affine.shift);
        }
      }
    }

    /** The gradient that is still to be given away; where the highest value is 0, the ReLU lets none through. */
    private void passOn(float[] above, int start) {
      for (int c = 0; c < left.length; c++) {
        left[c] = above[start + c] * Math.min(1f, highest[c] * STEEP);
      }
    }

    private void take(float[] band, int start, float[] gradients, float[] scale, float[] shift) {
      for (int c = 0; c < left.length; c++) {
        float below = highest[c] - (band[start + c] * scale[c] + shift[c]);
        float taken = left[c] * (1f - Math.min(1f, below * STEEP));
        gradients[start + c] = taken;
        left[c] -= taken;
      }
    }
  }

  /** Normalisation as one multiplication and one addition. */
  private record Affine(float[] scale, float[] shift, float[] deviation) {
    /** deviation is 1 / sqrt(variance + epsilon). */
    static Affine of(Norm norm) {
      float[] mean = norm.mean().toFloatVector();
      float[] variance = norm.variance().toFloatVector();
      float[] gamma = norm.gamma().toFloatVector();
      float[] beta = norm.beta().toFloatVector();
      float[] scale = new float[mean.length];
      float[] shift = new float[mean.length];
      float[] deviation = new float[mean.length];
      for (int c = 0; c < mean.length; c++) {
        double inverse = 1 / Math.sqrt(variance[c] + NormReluPool.EPSILON);
        deviation[c] = (float) inverse;
        scale[c] = (float) (gamma[c] * inverse);
        shift[c] = (float) (beta[c] - mean[c] * gamma[c] * inverse);
      }
      return new Affine(scale, shift, deviation);
    }
  }

  /** Where images and their rows lie in an array. */
  private record Images(int count, int height, int width, int channels, int poolSize) {
    static Images of(INDArray array, int poolSize) {
      return new Images(
          (int) array.size(0), (int) array.size(1), (int) array.size(2), (int) array.size(3), poolSize);
    }

    int pixels() {
      return height * width;
    }

    int pixelsAtATime() {
      return Math.max(1, FloatStorage.PIECE / channels);
    }

    int pooledHeight() {
      return height / poolSize;
    }

    int pooledWidth() {
      return width / poolSize;
    }

    long position(int image, int pixel) {
      return ((long) image * pixels() + pixel) * channels;
    }

    long pooledPosition(int image, int pooledRow) {
      return ((long) image * pooledHeight() + pooledRow) * pooledWidth() * channels;
    }
  }
}
