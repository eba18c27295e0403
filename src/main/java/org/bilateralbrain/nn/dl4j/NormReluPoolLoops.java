package org.bilateralbrain.nn.dl4j;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The implementation by loops, for floats in main memory: two passes over the data forward and two
 * backward.
 *
 * <p>Threads share the work by images. Sums are computed per image and added in the images' order,
 * so they don't depend on the number of threads.
 */
final class NormReluPoolLoops implements NormReluPoolForm {

  @Override
  public void statistics(INDArray input, INDArray mean, INDArray variance) {
    ImageLayout layout = ImageLayout.of(input, 1);
    double[][] sums = new double[layout.count()][];
    NativeThreads.forEach(
        layout.count(),
        () -> {
          ChannelMoments worker = new ChannelMoments(layout, input);
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
  public void forward(INDArray input, Norm norm, Rectification rectification, INDArray output) {
    ImageLayout layout = ImageLayout.of(input, rectification.poolSize());
    ChannelLoops.AffineNorm affine = ChannelLoops.AffineNorm.of(norm);
    NativeThreads.forEach(
        layout.count(),
        () ->
            rectification.poolSize() == 1
                ? new NormReluForward(layout, affine, rectification.floor(), input, output)::image
                : new NormReluPoolForward(layout, affine, input, output)::image);
  }

  @Override
  public void backward(
      INDArray input,
      Norm norm,
      Rectification rectification,
      INDArray outputGradient,
      INDArray inputGradient,
      INDArray gammaGradient,
      INDArray betaGradient) {
    ImageLayout layout = ImageLayout.of(input, rectification.poolSize());
    ChannelLoops.AffineNorm affine = ChannelLoops.AffineNorm.of(norm);
    double[][] sums = new double[layout.count()][];
    NativeThreads.forEach(
        layout.count(),
        () -> {
          NormReluPoolBackward worker =
              new NormReluPoolBackward(
                  layout, affine, rectification.floor(), input, outputGradient, inputGradient);
          return image -> sums[image] = worker.image(image);
        });
    double[] sum = addUp(sums);
    int channels = layout.channels();
    float[] mean = norm.mean().toFloatVector();
    float[] gamma = new float[channels];
    float[] beta = new float[channels];
    float[] inputFactor = new float[channels];
    float[] constant = new float[channels];
    double n = (double) layout.count() * layout.pixels();
    for (int c = 0; c < channels; c++) {
      double inverseDeviation = affine.inverseDeviation()[c];
      double dGamma = inverseDeviation * (sum[channels + c] - mean[c] * sum[c]);
      double normalisedFactor = -affine.scale()[c] * dGamma / n;
      beta[c] = (float) sum[c];
      gamma[c] = (float) dGamma;
      inputFactor[c] = (float) (normalisedFactor * inverseDeviation);
      constant[c] =
          (float) (-normalisedFactor * inverseDeviation * mean[c] - affine.scale()[c] * sum[c] / n);
    }
    gammaGradient.assign(Nd4j.createFromArray(gamma));
    betaGradient.assign(Nd4j.createFromArray(beta));
    NativeThreads.forEach(
        layout.count(),
        () ->
            new NormReluPoolBackward.GradientCombination(
                    layout, affine.scale(), inputFactor, constant, input, inputGradient)
                ::image);
  }

  /** In the images' order, whichever threads computed the sums. */
  private static double[] addUp(double[][] sums) {
    double[] total = new double[sums[0].length];
    for (double[] sum : sums) {
      for (int i = 0; i < total.length; i++) {
        total[i] += sum[i];
      }
    }
    return total;
  }

  /** Normalises and rectifies one image at a time, without pooling. */
  private static final class NormReluForward {
    private final ImageLayout layout;
    private final ChannelLoops.AffineNorm affine;
    private final float floor;
    private final FloatStorage source;
    private final FloatStorage target;
    private final float[] values;

    NormReluForward(
        ImageLayout layout,
        ChannelLoops.AffineNorm affine,
        float floor,
        INDArray input,
        INDArray output) {
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

  /** Normalises, rectifies and pools one image at a time. */
  private static final class NormReluPoolForward {
    private final ImageLayout layout;
    private final ChannelLoops.AffineNorm affine;
    private final FloatStorage source;
    private final FloatStorage target;
    private final float[] row;
    private final float[] pooled;

    NormReluPoolForward(
        ImageLayout layout, ChannelLoops.AffineNorm affine, INDArray input, INDArray output) {
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
        Arrays.fill(pooled, 0f); // a ReLU's lower bound
        for (int dy = 0; dy < size; dy++) {
          source.read(layout.position(image, (y * size + dy) * layout.width()), row, row.length);
          for (int x = 0; x < layout.pooledWidth() * size; x++) {
            ChannelLoops.updateMaxima(
                pooled, x / size * channels, row, x * channels, affine.scale(), affine.shift());
          }
        }
        target.write(layout.pooledPosition(image, y), pooled, pooled.length);
      }
    }
  }

  /** Sums of values and of squares per channel, for one image at a time. */
  private static final class ChannelMoments {
    private final ImageLayout layout;
    private final FloatStorage source;
    private final float[] values;
    private final ChannelLoops.PairSums sums;

    ChannelMoments(ImageLayout layout, INDArray input) {
      this.layout = layout;
      source = new FloatStorage(input);
      values = new float[layout.pixelsAtATime() * layout.channels()];
      sums = new ChannelLoops.PairSums(layout.channels());
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
}
