package org.bilateralbrain.nn.layers;

import org.bilateralbrain.nn.layers.NormReluPoolForm.Norm;

/**
 * Normalisation as one multiplication and one addition for each channel.
 *
 * @param deviation 1 / sqrt(variance + epsilon)
 */
record AffineNorm(float[] scale, float[] shift, float[] deviation) {

  static AffineNorm of(Norm norm) {
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
    return new AffineNorm(scale, shift, deviation);
  }
}
