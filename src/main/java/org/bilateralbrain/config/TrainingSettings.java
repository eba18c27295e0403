package org.bilateralbrain.config;

import java.io.Serializable;
import java.util.List;
import org.bilateralbrain.data.Augmentation;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Rates;
import org.bilateralbrain.nn.Schedule;
import org.jspecify.annotations.Nullable;

/**
 * Everything that determines how a network is trained.
 *
 * @param learningRate the rate that the schedule starts from or, with one cycle, rises to
 * @param normMomentum weight of each batch in the running statistics of batch norms, in (0, 1];
 *     null for the backbone's own
 * @param earlyStopping null for training all epochs
 */
public record TrainingSettings(
    int epochs,
    int batchSize,
    double learningRate,
    Schedule schedule,
    Hyperparameters hyperparameters,
    Augmentation augmentation,
    @Nullable Double normMomentum,
    @Nullable EarlyStopping earlyStopping)
    implements Serializable {

  /** At a constant rate and without early stopping, as the paper trains its networks. */
  public TrainingSettings(
      int epochs, int batchSize, double learningRate, Hyperparameters hyperparameters) {
    this(
        epochs,
        batchSize,
        learningRate,
        new Schedule.Constant(),
        hyperparameters,
        Augmentation.REFERENCE,
        null,
        null);
  }

  /**
   * Ends a training whose validation accuracy no longer rises.
   *
   * @param patience number of epochs without an improvement after which it ends
   * @param minDelta by how much the accuracy, from 0 to 1, must exceed the best one to count as an
   *     improvement
   */
  public record EarlyStopping(int patience, double minDelta) implements Serializable {

    private boolean stops(List<Double> accuracies) {
      double best = Double.NEGATIVE_INFINITY;
      int waited = 0;
      for (double accuracy : accuracies) {
        boolean improves = accuracy > best + minDelta;
        best = improves ? accuracy : best;
        waited = improves ? 0 : waited + 1;
        if (waited >= patience) {
          return true;
        }
      }
      return false;
    }
  }

  public TrainingSettings withEpochs(int others) {
    return new TrainingSettings(
        others,
        batchSize,
        learningRate,
        schedule.stretched(epochs),
        hyperparameters,
        augmentation,
        normMomentum,
        earlyStopping);
  }

  /**
   * The rates of one step.
   *
   * @param step number of steps taken before, over all epochs
   */
  public Rates rates(long step, int stepsPerEpoch) {
    return schedule.at(
        step,
        new Schedule.Length(epochs, stepsPerEpoch),
        new Rates(learningRate, hyperparameters.optimiser().momentum()));
  }

  /** A network as it is trained. */
  public Architecture tuned(Architecture architecture) {
    return normMomentum == null ? architecture : architecture.withNormMomentum(normMomentum);
  }

  /**
   * Whether a training ends early.
   *
   * @param accuracies the validation accuracy of each epoch so far
   */
  public boolean stops(List<Double> accuracies) {
    return earlyStopping != null && earlyStopping.stops(accuracies);
  }
}
