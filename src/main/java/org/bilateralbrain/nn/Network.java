package org.bilateralbrain.nn;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * A network run by an engine. Not thread-safe. Occupies memory outside Java's heap until it is
 * closed.
 */
public interface Network extends AutoCloseable {

  Architecture architecture();

  /** A copy of all parameters, including running statistics. */
  Weights weights();

  /**
   * Replaces the weights; the optimiser's state stays as it is.
   *
   * @throws IllegalArgumentException if they don't match the architecture
   */
  void load(Weights weights);

  /**
   * Begins an epoch: resets the mean loss and seeds dropout. Dropout layers are numbered by their
   * position among the architecture's layers, heads after these, in their order.
   */
  void startEpoch(long seed);

  /** Trains on one batch: forward pass, backward pass and optimiser step. */
  void step(Examples examples, Rates rates);

  /**
   * Mean loss over the epoch's examples so far: the cross-entropy before each step, with label
   * smoothing, summed over heads, without weight decay.
   */
  double meanLoss();

  /**
   * The share of the epoch's examples so far whose label was the most probable class before their
   * step, with dropout, by head.
   */
  Map<Head, Double> trainingAccuracies();

  /**
   * Replaces the parameters by their moving average over all steps (see {@link
   * Hyperparameters#averageDecay}), and the running statistics of batch norms that are trained by
   * the mean of the batches' statistics under it ({@code torch.optim.swa_utils.update_bn}). The
   * average itself stays as it is.
   *
   * @param batches that the statistics are taken from; read only if there are such batch norms
   * @throws IllegalStateException if the network keeps no average
   */
  void loadAverage(Iterable<Examples> batches);

  /** Runs the network in evaluation mode, without changing its state. */
  Prediction predict(Examples examples);

  /**
   * Grad-CAM (Selvaraju et al., arXiv:1610.02391, equations 1 and 2, without the final ReLU) on the
   * outputs of layers, in evaluation mode: the sum over channels of each map times the mean over
   * its pixels of the logit's gradient.
   *
   * @param image a batch of one image
   * @param layers names of layers that output maps, for example {@link Architecture#maps}
   * @param target the class whose logit is explained
   * @return one map per layer, in the order of the layers
   * @throws IllegalArgumentException if there is no layer of a name
   */
  List<ClassMap> gradCam(Examples image, List<String> layers, Head head, int target);

  /** Copies the weights and the optimiser's state. */
  Snapshot snapshot();

  /**
   * Restores a snapshot, which may come from another network of the same architecture and engine.
   */
  void restore(Snapshot snapshot);

  @Override
  void close();

  /**
   * How much each position of a layer's maps contributes to a class's logit; negative values count
   * against it.
   *
   * @param values (height, width), row by row
   */
  record ClassMap(int height, int width, float[] values) {}

  /**
   * Everything that the rest of a training depends on, except random numbers, which are derived
   * from seeds.
   *
   * @param optimiser its moments, and the moving average of the parameters if there is one, in the
   *     engine's own order
   * @param step number of steps taken, which schedules and Adam's bias correction depend on
   */
  record Snapshot(Weights weights, float[] optimiser, int step) implements Serializable {}
}
