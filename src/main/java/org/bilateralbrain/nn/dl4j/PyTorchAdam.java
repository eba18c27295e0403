package org.bilateralbrain.nn.dl4j;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.AdamUpdater;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;

/**
 * Adam as in PyTorch and the original paper (Kingma and Ba, 2015, algorithm 1): epsilon is added to
 * the root of the bias-corrected second moment. DL4J's Adam adds it to the uncorrected root, which
 * makes epsilon effectively up to 32 times larger in the first steps. Beta 1 and 2 are 0.9 and
 * 0.999, epsilon is 1e-8.
 */
public final class PyTorchAdam extends Adam {

  /** For deserialisation. */
  PyTorchAdam() {}

  public PyTorchAdam(double learningRate) {
    super(learningRate);
  }

  @Override
  public PyTorchAdam clone() {
    return new PyTorchAdam(getLearningRate());
  }

  @Override
  public GradientUpdater<?> instantiate(INDArray viewArray, boolean initializeViewArray) {
    Updater updater = new Updater(this);
    updater.setStateViewArray(
        viewArray, new long[] {viewArray.length() / 2}, viewArray.ordering(), initializeViewArray);
    return updater;
  }

  @Override
  public GradientUpdater<?> instantiate(
      Map<String, INDArray> state, boolean initializeStateArrays) {
    Updater updater = new Updater(this);
    updater.setState(state, initializeStateArrays);
    return updater;
  }

  private static final class Updater extends AdamUpdater {

    private final PyTorchAdam adam;

    Updater(PyTorchAdam adam) {
      super(adam);
      this.adam = adam;
    }

    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
      if (FloatStorage.canHold(gradient.dataType())) {
        AdamLoops.step(adam, iteration, epoch, gradient, getM(), getV());
      } else {
        applyByOperation(gradient, iteration, epoch);
      }
    }

    private void applyByOperation(INDArray gradient, int iteration, int epoch) {
      double correction = Math.sqrt(1 - Math.pow(adam.getBeta2(), iteration + 1));
      Nd4j.exec(
          new org.nd4j.linalg.api.ops.impl.updaters.AdamUpdater(
              gradient.reshape(getV().shape()),
              getV(),
              getM(),
              adam.getLearningRate(iteration, epoch),
              adam.getBeta1(),
              adam.getBeta2(),
              adam.getEpsilon() * correction,
              iteration));
    }
  }

  /** A step in one pass over the parameters, for floats in main memory. */
  private static final class AdamLoops {

    private AdamLoops() {}

    /**
     * @param gradient overwritten with the update to subtract from the parameters
     * @param m first moment, updated
     * @param v second moment, updated
     */
    static void step(
        PyTorchAdam adam, int iteration, int epoch, INDArray gradient, INDArray m, INDArray v) {
      double correction1 = 1 - Math.pow(adam.getBeta1(), iteration + 1);
      double correction2 = 1 - Math.pow(adam.getBeta2(), iteration + 1);
      // lr (m / c1) / (sqrt(v / c2) + epsilon) = lr sqrt(c2) / c1 m / (sqrt(v) + epsilon sqrt(c2))
      float rate =
          (float) (adam.getLearningRate(iteration, epoch) * Math.sqrt(correction2) / correction1);
      float epsilon = (float) (adam.getEpsilon() * Math.sqrt(correction2));
      float beta1 = (float) adam.getBeta1();
      float beta2 = (float) adam.getBeta2();
      long length = gradient.length();
      int pieces = Math.toIntExact((length + FloatStorage.PIECE - 1) / FloatStorage.PIECE);
      NativeThreads.forEach(
          pieces,
          () -> {
            FloatStorage gradients = new FloatStorage(gradient);
            FloatStorage first = new FloatStorage(m);
            FloatStorage second = new FloatStorage(v);
            float[] g = new float[FloatStorage.PIECE];
            float[] mean = new float[FloatStorage.PIECE];
            float[] square = new float[FloatStorage.PIECE];
            return piece -> {
              long position = (long) piece * FloatStorage.PIECE;
              int count = (int) Math.min(FloatStorage.PIECE, length - position);
              gradients.read(position, g, count);
              first.read(position, mean, count);
              second.read(position, square, count);
              step(g, mean, square, count, beta1, beta2, rate, epsilon);
              gradients.write(position, g, count);
              first.write(position, mean, count);
              second.write(position, square, count);
            };
          });
    }

    private static void step(
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
        g[i] = rate * m / ((float) Math.sqrt(v) + epsilon);
      }
    }
  }
}
