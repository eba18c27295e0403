package org.bilateralbrain.train;

import java.io.IOException;
import java.util.Iterator;
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
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Trains a fine and a coarse head on the joined features of two frozen hemispheres.
 *
 * <p>Frozen means frozen: the hemispheres run in testing mode, so that their running statistics
 * don't drift. The heads are trained alone, on features, and put together with the hemispheres at
 * the end.
 */
final class BilateralTraining {

  private static final List<Head> HEADS = List.of(Head.FINE, Head.COARSE);

  private static final int BATCHES_COMPARED = 2;

  /**
   * Relative, over a batch: processors with other instructions differ by a millionth, other weights
   * by much more.
   */
  private static final double LARGEST_DIFFERENCE = 0.01;

  /** Smaller ones have lost their last digits. */
  private static final double SMALLEST_PROBABILITY = 1e-30;

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
            training.hyperparameters(),
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
    History history =
        new Trainer(heads, HEADS, attempt.checkpoints()).train(training.epochs(), epochs);
    Map<Head, Double> test = epochs.test();
    ComputationGraph bilateral =
        Networks.bilateral(
            JobData.IMAGE_SHAPE,
            leftShape,
            Plasticity.FROZEN,
            rightShape,
            Plasticity.FROZEN,
            data.classes(),
            training.hyperparameters(),
            job.seed());
    Networks.transplant(left, bilateral, Place.LEFT);
    Networks.transplant(right, bilateral, Place.RIGHT);
    Networks.transplant(heads, bilateral, Place.HEADS);
    requireSameAnswers(bilateral, heads, examples, data);
    return TrainedNetwork.of(bilateral, HEADS, history, data.trainImages(), test);
  }

  /**
   * The accuracies are those of the heads on features, which other machines may have computed long
   * ago; so the network that is handed on has to give the same answers on images.
   *
   * @throws IllegalStateException if it doesn't
   */
  private static void requireSameAnswers(
      ComputationGraph whole, ComputationGraph heads, HeadExamples examples, JobData data) {
    Iterator<MiniBatch> seen = examples.testAsComputed().iterator();
    Iterator<MiniBatch> images = data.testImages(examples.computedTogether()).iterator();
    for (int batch = 0; batch < BATCHES_COMPARED && seen.hasNext(); batch++) {
      INDArray[] expected = heads.output(false, seen.next().input());
      INDArray[] answers = whole.output(false, images.next().input());
      for (int i = 0; i < expected.length; i++) {
        double difference = difference(centredLogits(expected[i]), centredLogits(answers[i]));
        if (!(difference <= LARGEST_DIFFERENCE)) {
          throw new IllegalStateException(
              ("the joined network's %s logits differ by %s (relative) from those of its heads on the stored features: these"
                      + " are of another network, or this machine computes differently")
                  .formatted(HEADS.get(i).label(), difference));
        }
      }
    }
  }

  /** From probabilities, which know logits but for a constant in each row. */
  private static double[][] centredLogits(INDArray probabilities) {
    double[][] rows = probabilities.toDoubleMatrix();
    for (double[] row : rows) {
      double mean = 0;
      for (int i = 0; i < row.length; i++) {
        row[i] = Math.log(Math.max(row[i], SMALLEST_PROBABILITY));
        mean += row[i] / row.length;
      }
      for (int i = 0; i < row.length; i++) {
        row[i] -= mean;
      }
    }
    return rows;
  }

  private static double difference(double[][] expected, double[][] actual) {
    double difference = 0;
    double all = 0;
    for (int row = 0; row < expected.length; row++) {
      for (int i = 0; i < expected[row].length; i++) {
        difference += Math.pow(actual[row][i] - expected[row][i], 2);
        all += Math.pow(expected[row][i], 2);
      }
    }
    return difference == 0 ? 0 : Math.sqrt(difference / all);
  }
}
