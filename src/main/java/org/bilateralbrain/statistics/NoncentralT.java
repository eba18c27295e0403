package org.bilateralbrain.statistics;

import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.special.Gamma;

/**
 * The non-central t distribution, that of (Z + ncp) / s with a standard normal Z and an independent
 * s² that is chi-squared over its degrees of freedom. Commons Math has none.
 */
final class NoncentralT {

  private static final NormalDistribution NORMAL = new NormalDistribution(null, 0, 1);

  /** Of the trapezoidal rule, which for such an integrand converges faster than any power. */
  private static final int STEPS = 2000;

  private NoncentralT() {}

  /** P(T > t), the integral of P(Z > t s - ncp) over the density of u = ln s. */
  static double upperTail(double t, double degreesOfFreedom, double ncp) {
    double half = degreesOfFreedom / 2;
    double logScale = Math.log(2) + half * Math.log(half) - Gamma.logGamma(half);
    // beyond, the density is below e^-40
    double from = -40 / degreesOfFreedom - Math.sqrt(40 / degreesOfFreedom);
    double to = Math.sqrt(40 / degreesOfFreedom);
    double step = (to - from) / STEPS;
    double sum = 0;
    for (int i = 0; i <= STEPS; i++) {
      double u = from + i * step;
      double logDensity = logScale + degreesOfFreedom * u - half * Math.exp(2 * u);
      if (logDensity > -40) {
        sum += Math.exp(logDensity) * NORMAL.cumulativeProbability(ncp - t * Math.exp(u));
      }
    }
    return sum * step;
  }
}
