package org.bilateralbrain.nn.layers;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.AdamUpdater;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;

/**
 * Adam as PyTorch and the original paper (Kingma and Ba, 2015, algorithm 1) have it: epsilon is
 * added to the root of the bias-corrected second moment. DL4J's Adam adds it to the uncorrected
 * root, which makes epsilon effectively up to 32 times larger in the first steps. Beta 1 and 2 are
 * 0.9 and 0.999, epsilon is 1e-8.
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
}
