package org.bilateralbrain.nn.dl4j;

import org.bilateralbrain.nn.Optimiser;
import org.bilateralbrain.nn.dl4j.OptimiserForm.Step;

/** An optimiser's formula on arrays of floats, with one step's constants. */
interface UpdateLoop {

  /**
   * @param parameters changed
   * @param state changed; arrays in the optimiser's own order
   */
  void apply(float[] parameters, float[] gradients, float[][] state, int count);

  static UpdateLoop of(Step step) {
    float rate = (float) step.rates().learningRate();
    if (step.optimiser() instanceof Optimiser.Adam adam) {
      return Adam.of(adam, step);
    }
    Optimiser.Sgd sgd = (Optimiser.Sgd) step.optimiser();
    if (sgd.momentum() == 0) {
      return (p, g, state, count) -> descend(p, g, rate, count);
    }
    float momentum = (float) step.rates().momentum();
    return sgd.nesterov()
        ? (p, g, state, count) -> lookAhead(p, g, state[0], momentum, rate, count)
        : (p, g, state, count) -> roll(p, g, state[0], momentum, rate, count);
  }

  /**
   * Adam's constants. The corrections of both moments are drawn together: {@code lr (m / c1) /
   * (sqrt(v / c2) + epsilon) = lr sqrt(c2) / c1 m / (sqrt(v) + epsilon sqrt(c2))}.
   */
  record Adam(float beta1, float beta2, float rate, float epsilon) implements UpdateLoop {

    static Adam of(Optimiser.Adam adam, Step step) {
      double beta1 = step.rates().momentum();
      double correction1 = 1 - Math.pow(beta1, step.number());
      double correction2 = 1 - Math.pow(adam.beta2(), step.number());
      return new Adam(
          (float) beta1,
          (float) adam.beta2(),
          (float) (step.rates().learningRate() * Math.sqrt(correction2) / correction1),
          (float) (adam.epsilon() * Math.sqrt(correction2)));
    }

    @Override
    public void apply(float[] p, float[] g, float[][] state, int count) {
      move(p, g, state[0], state[1], count, beta1, beta2, rate, epsilon);
    }

    private static void move(
        float[] p,
        float[] g,
        float[] mean,
        float[] square,
        int count,
        float beta1,
        float beta2,
        float rate,
        float epsilon) {
      for (int i = 0; i < count; i++) {
        float gradient = g[i];
        float m = mean[i] * beta1 + gradient * (1 - beta1);
        float v = square[i] * beta2 + gradient * gradient * (1 - beta2);
        mean[i] = m;
        square[i] = v;
        p[i] -= rate * m / ((float) Math.sqrt(v) + epsilon);
      }
    }
  }

  private static void descend(float[] p, float[] g, float rate, int count) {
    for (int i = 0; i < count; i++) {
      p[i] -= rate * g[i];
    }
  }

  private static void roll(
      float[] p, float[] g, float[] buffer, float momentum, float rate, int count) {
    for (int i = 0; i < count; i++) {
      float b = momentum * buffer[i] + g[i];
      buffer[i] = b;
      p[i] -= rate * b;
    }
  }

  private static void lookAhead(
      float[] p, float[] g, float[] buffer, float momentum, float rate, int count) {
    for (int i = 0; i < count; i++) {
      float b = momentum * buffer[i] + g[i];
      buffer[i] = b;
      p[i] -= rate * (g[i] + momentum * b);
    }
  }
}
