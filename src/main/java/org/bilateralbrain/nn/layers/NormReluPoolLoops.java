package org.bilateralbrain.nn.layers;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The form made of plain loops, for floats in main memory: two passes over the data forward and two
 * back.
 *
 * <p>An image is the unit of work: sums are made image by image and added up in the images' order,
 * so that they don't depend on how many threads share the work.
 */
final class NormReluPoolLoops implements NormReluPoolForm {

  @Override
  public void statistics(INDArray input, INDArray mean, INDArray variance) {
    ImageLayout layout = ImageLayout.of(input, 1);
    double[][] sums = new double[layout.count()][];
    Parallel.forEach(
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
  public void forward(INDArray input, Norm norm, Rectification then, INDArray output) {
    ImageLayout layout = ImageLayout.of(input, then.poolSize());
    AffineNorm affine = AffineNorm.of(norm);
    Parallel.forEach(
        layout.count(),
        () ->
            then.poolSize() == 1
                ? new NormReluForward(layout, affine, then.floor(), input, output)::image
                : new NormReluPoolForward(layout, affine, input, output)::image);
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
          NormReluPoolBackward worker =
              new NormReluPoolBackward(
                  layout, affine, then.floor(), input, outputGradient, inputGradient);
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
        layout.count(),
        () ->
            new GradientCombination(layout, affine.scale(), ofInput, constant, input, inputGradient)
                ::image);
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
}
