package org.bilateralbrain.train;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.config.TrainingSettings;
import org.bilateralbrain.data.Seeds;
import org.bilateralbrain.grid.BilateralJob;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Networks;
import org.bilateralbrain.nn.Networks.Place;
import org.bilateralbrain.nn.Plasticity;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Trains a fine and a coarse head on the joined features of two frozen hemispheres.
 *
 * <p>Frozen means frozen: the hemispheres run in testing mode, so that their running statistics don't drift. The heads
 * are trained alone, on features, and put together with the hemispheres at the end.
 */
final class BilateralTraining {

  private static final List<Head> HEADS = List.of(Head.FINE, Head.COARSE);

  private BilateralTraining() {}

  /**
   * @param left the trained left hemisphere with its head
   * @param right likewise
   * @param examples features of both
   */
  static TrainedNetwork run(
      BilateralJob job,
      JobData data,
      ComputationGraph left,
      ComputationGraph right,
      HeadExamples examples,
      Attempt attempt)
      throws IOException {
    HemisphereShape leftShape = job.left().shape();
    HemisphereShape rightShape = job.right().shape();
    TrainingSettings training = job.heads().training();
    ComputationGraph heads =
        Networks.heads(
            leftShape.features() + rightShape.features(),
            data.classes(),
            training.optimisation(),
            Seeds.derive(job.seed(), "initialisation of heads", 0));
    LocalEpochs epochs =
        new LocalEpochs(
            heads,
            HEADS,
            job.seed(),
            training.epochs(),
            data.trainImages(),
            examples,
            examples.validation(),
            examples.test(),
            attempt.listener());
    History history = new Trainer(heads, HEADS, attempt.checkpoints()).train(training.epochs(), epochs);
    Map<Head, Double> test = epochs.test();
    ComputationGraph bilateral =
        Networks.bilateral(
            JobData.IMAGE_SHAPE,
            leftShape, Plasticity.FROZEN,
            rightShape, Plasticity.FROZEN,
            data.classes(),
            training.optimisation(),
            job.seed());
    Networks.transplant(left, bilateral, Place.LEFT);
    Networks.transplant(right, bilateral, Place.RIGHT);
    Networks.transplant(heads, bilateral, Place.HEADS);
    return TrainedNetwork.of(bilateral, HEADS, history, data.trainImages(), test);
  }
}
