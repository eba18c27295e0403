package org.bilateralbrain.analysis;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a head says of each image.
 *
 * @param classes the most probable class; of equal ones the lowest
 * @param probabilities of that class
 */
record Answers(int[] classes, float[] probabilities) {

  /**
   * @param logits (images, classes)
   */
  static Answers of(INDArray logits) {
    float[][] rows = logits.toFloatMatrix();
    Answers answers = new Answers(new int[rows.length], new float[rows.length]);
    for (int i = 0; i < rows.length; i++) {
      int best = 0;
      for (int c = 1; c < rows[i].length; c++) {
        best = rows[i][c] > rows[i][best] ? c : best;
      }
      double sum = 0;
      for (float logit : rows[i]) {
        sum += Math.exp(logit - rows[i][best]);
      }
      answers.classes[i] = best;
      answers.probabilities[i] = (float) (1 / sum);
    }
    return answers;
  }

  Answers append(Answers other) {
    int count = classes.length;
    Answers both =
        new Answers(
            Arrays.copyOf(classes, count + other.classes.length),
            Arrays.copyOf(probabilities, count + other.classes.length));
    System.arraycopy(other.classes, 0, both.classes, count, other.classes.length);
    System.arraycopy(other.probabilities, 0, both.probabilities, count, other.classes.length);
    return both;
  }

  double accuracy(int[] labels) {
    int right = 0;
    for (int i = 0; i < labels.length; i++) {
      right += classes[i] == labels[i] ? 1 : 0;
    }
    return (double) right / labels.length;
  }
}
