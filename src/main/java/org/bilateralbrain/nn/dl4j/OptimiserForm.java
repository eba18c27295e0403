package org.bilateralbrain.nn.dl4j;

import java.util.List;
import java.util.Optional;
import org.bilateralbrain.nn.Optimiser;
import org.bilateralbrain.nn.Rates;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A way to compute an optimiser's step on a graph's flat vectors. Two implementations give the same
 * results except for rounding: Java loops, which pass over the data once but need floats in main
 * memory, and ND4J's operations, for GPUs and double precision.
 */
interface OptimiserForm {

  /** The faster implementation of those that support a data type on this backend. */
  static OptimiserForm bestFor(DataType dataType, Vectors vectors) {
    return FloatStorage.canHold(dataType)
        ? new OptimiserLoops(vectors)
        : new OptimiserOperations(vectors);
  }

  /**
   * What a step reads and changes.
   *
   * @param gradients summed over the batch; a step may overwrite them
   * @param state the optimiser's, in its own order: vectors of one value per value that learns
   * @param average moving average of the values that learn, if one is kept
   */
  record Vectors(
      List<Segment> segments,
      INDArray parameters,
      INDArray gradients,
      List<INDArray> state,
      Optional<INDArray> average) {}

  /**
   * @param batch number of examples that the gradients are divided by
   * @param clipping factor of the mean gradients, before weight decay
   * @param number of the step, from 1
   * @param averageDecay weight of the old moving average
   */
  record Step(
      Optimiser optimiser,
      Rates rates,
      int batch,
      double clipping,
      int number,
      double averageDecay) {

    /** What decoupled weight decay leaves of a parameter. */
    double retained(double weightDecay) {
      return 1 - rates.learningRate() * weightDecay;
    }

    boolean decaysDecoupled() {
      return optimiser instanceof Optimiser.Adam adam && adam.decoupled();
    }

    /** The average starts as a copy of the parameters. */
    boolean startsAverage() {
      return number == 1;
    }
  }

  /** L2 norm of the gradients of everything that learns. */
  double gradientNorm();

  void take(Step step);
}
