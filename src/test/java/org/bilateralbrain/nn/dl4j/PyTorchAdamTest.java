package org.bilateralbrain.nn.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;

class PyTorchAdamTest {

  @Test
  void stepsFollowTheOriginalAlgorithmEvenForGradientsAsSmallAsEpsilon() {
    double[] gradients = {1e-8, -3e-8, 1e-5, 0.5, -2};
    INDArray state = Nd4j.zeros(2 * gradients.length);
    GradientUpdater<?> updater = new PyTorchAdam(0.1).instantiate(state, true);
    double[] m = new double[gradients.length];
    double[] v = new double[gradients.length];

    for (int step = 1; step <= 5; step++) {
      INDArray update =
          Nd4j.createFromArray(gradients).castTo(org.nd4j.linalg.api.buffer.DataType.FLOAT);
      updater.applyUpdater(update, step - 1, 0);

      for (int i = 0; i < gradients.length; i++) {
        m[i] = 0.9 * m[i] + 0.1 * gradients[i];
        v[i] = 0.999 * v[i] + 0.001 * gradients[i] * gradients[i];
        double expected =
            0.1
                * (m[i] / (1 - Math.pow(0.9, step)))
                / (Math.sqrt(v[i] / (1 - Math.pow(0.999, step))) + 1e-8);
        assertThat(update.getDouble(i)).isCloseTo(expected, within(2e-4 * Math.abs(expected)));
      }
    }
  }
}
