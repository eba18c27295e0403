package org.bilateralbrain.nn;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A network's outputs for a batch of examples, in evaluation mode.
 *
 * @param features what the heads read, one row per example
 * @param logits per head, one row per example and one value per class
 */
public record Prediction(float[][] features, Map<Head, float[][]> logits) {

  /** The logits of one of the network's heads, one row per example. */
  public float[][] logits(Head head) {
    return Objects.requireNonNull(logits.get(head));
  }

  /** Each example's most probable class; the lowest-numbered one in case of ties. */
  public int[] classes(Head head) {
    float[][] rows = logits(head);
    int[] classes = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      classes[i] = mostProbable(rows[i]);
    }
    return classes;
  }

  private static int mostProbable(float[] logits) {
    int best = 0;
    for (int c = 1; c < logits.length; c++) {
      best = logits[c] > logits[best] ? c : best;
    }
    return best;
  }

  /** The probability of each example's most probable class. */
  public float[] probabilities(Head head) {
    float[][] rows = logits(head);
    float[] probabilities = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      float highest = rows[i][mostProbable(rows[i])];
      probabilities[i] = (float) (1 / sumOfExponentials(rows[i], highest));
    }
    return probabilities;
  }

  /** Minus the logarithm of the probability of a class, in nats. */
  public double crossEntropy(Head head, int example, int label) {
    float[] row = logits(head)[example];
    float highest = row[mostProbable(row)];
    return Math.log(sumOfExponentials(row, highest)) + highest - row[label];
  }

  /** Of the logits less the highest one, so that none overflows. */
  private static double sumOfExponentials(float[] logits, float highest) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - highest);
    }
    return sum;
  }

  /**
   * How many classes rank above the right one; ties rank by class number, and a logit that is not a
   * number never lets the right one pass.
   */
  public int rank(Head head, int example, int label) {
    float[] row = logits(head)[example];
    int before = 0;
    for (int c = 0; c < row.length; c++) {
      boolean below = c == label || row[c] < row[label] || (row[c] == row[label] && c > label);
      if (!below) {
        before++;
      }
    }
    return before;
  }

  /** An ensemble's prediction: its members' mean logits and concatenated features. */
  public static Prediction ofEnsemble(List<Prediction> members) {
    if (members.size() == 1) {
      return members.get(0);
    }
    Map<Head, float[][]> means = new EnumMap<>(Head.class);
    for (Head head : members.get(0).logits().keySet()) {
      means.put(head, mean(members.stream().map(member -> member.logits(head)).toList()));
    }
    return new Prediction(concatenated(members.stream().map(Prediction::features).toList()), means);
  }

  private static float[][] mean(List<float[][]> all) {
    float[][] mean = new float[all.get(0).length][];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = all.get(0)[i].clone();
      for (float[][] other : all.subList(1, all.size())) {
        for (int c = 0; c < mean[i].length; c++) {
          mean[i][c] += other[i][c];
        }
      }
      for (int c = 0; c < mean[i].length; c++) {
        mean[i][c] /= all.size();
      }
    }
    return mean;
  }

  /** Concatenates matrices of equally many rows, row by row. */
  public static float[][] concatenated(List<float[][]> parts) {
    float[][] concatenated = new float[parts.get(0).length][];
    for (int i = 0; i < concatenated.length; i++) {
      int row = i;
      concatenated[i] = new float[parts.stream().mapToInt(part -> part[row].length).sum()];
      int from = 0;
      for (float[][] part : parts) {
        System.arraycopy(part[i], 0, concatenated[i], from, part[i].length);
        from += part[i].length;
      }
    }
    return concatenated;
  }
}
