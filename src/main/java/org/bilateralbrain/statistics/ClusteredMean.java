package org.bilateralbrain.statistics;

import java.util.Optional;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.stat.StatUtils;

/**
 * How sure a mean of n observations is that share parts in any way, by clustering over the parts:
 * the variance is 1/n² times the sum of e_i e_j over all pairs i, j with a common part, where e are
 * residuals (Cameron, Gelbach and Miller, "Robust inference with multiway clustering", Journal of
 * Business and Economic Statistics 29, 2011; Aronow, Samii and Assenova, "Cluster-robust variance
 * estimation for dyadic data", Political Analysis 23, 2015).
 *
 * <p>With few parts this is too small, because residuals are correlated where errors are not. Hence
 * the correction and the degrees of freedom of Bell and McCaffrey ("Bias reduction in standard
 * errors for linear regression with multi-stage samples", Survey Methodology 28, 2002), which make
 * the estimate unbiased, and Satterthwaite's approximation right, for observations whose covariance
 * is proportional to the number of their common parts. It is never less than for independent
 * observations.
 *
 * @param variance of the mean
 */
record ClusteredMean(double variance, double degreesOfFreedom) {

  /** With less, the variance is a guess: its own relative standard deviation is above 1.4. */
  private static final double MIN_DEGREES_OF_FREEDOM = 1;

  /** The computation takes time with the third power of their number. */
  private static final int MAX_OBSERVATIONS = 500;

  /** Empty if there are too few parts, or too many observations. */
  static Optional<ClusteredMean> of(double[] values, SharedParts parts) {
    if (values.length > MAX_OBSERVATIONS) {
      return Optional.empty();
    }
    double[][] correlations = parts.correlations();
    RealMatrix form = form(correlations);
    RealMatrix product = form.multiply(new Array2DRowRealMatrix(correlations, false));
    int n = values.length;
    double expected = product.getTrace();
    double variance = sum(correlations) / n / n;
    double degreesOfFreedom = expected * expected / traceOfSquare(product);
    // where all observations share a part, residuals say nothing, and only rounding errors are left
    boolean isKnown = expected > 1e-9 * variance && degreesOfFreedom >= MIN_DEGREES_OF_FREEDOM;
    if (!isKnown) {
      return Optional.empty();
    }
    double correction = variance / expected;
    RealMatrix column = new Array2DRowRealMatrix(values);
    double clustered = column.transpose().multiply(form).multiply(column).getEntry(0, 0);
    double independent = StatUtils.variance(values) / n;
    return Optional.of(
        new ClusteredMean(Math.max(correction * clustered, independent), degreesOfFreedom));
  }

  /** The matrix A with y'Ay the uncorrected variance: pairs that share a part, twice centred. */
  private static RealMatrix form(double[][] correlations) {
    int n = correlations.length;
    RealMatrix pairs = new Array2DRowRealMatrix(n, n);
    RealMatrix centring = new Array2DRowRealMatrix(n, n);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        pairs.setEntry(i, j, correlations[i][j] > 0 ? 1.0 / n / n : 0);
        centring.setEntry(i, j, (i == j ? 1 : 0) - 1.0 / n);
      }
    }
    return centring.multiply(pairs).multiply(centring);
  }

  private static double traceOfSquare(RealMatrix matrix) {
    double trace = 0;
    for (int i = 0; i < matrix.getRowDimension(); i++) {
      for (int j = 0; j < matrix.getColumnDimension(); j++) {
        trace += matrix.getEntry(i, j) * matrix.getEntry(j, i);
      }
    }
    return trace;
  }

  private static double sum(double[][] values) {
    double sum = 0;
    for (double[] row : values) {
      sum += StatUtils.sum(row);
    }
    return sum;
  }
}
