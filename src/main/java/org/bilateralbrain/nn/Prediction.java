package org.bilateralbrain.nn;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a network makes of some examples, in testing mode.
 *
 * @param features what the heads read: a row for each example
 * @param logits of each head: a row for each example, a value for each class
 */
public record Prediction(float[][] features, Map<Head, float[][]> logits) {

  /** Of a head that the network has: a row for each example. */
  public float[][] logits(Head head) {
    return Objects.requireNonNull(logits.get(head));
  }

  /** The most probable class of each example; of equal ones the lowest. */
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
      double sum = 0;
      for (float logit : rows[i]) {
        sum += Math.exp(logit - highest);
      }
      probabilities[i] = (float) (1 / sum);
    }
    return probabilities;
  }

  /** How many classes come before the right one; of equal ones the lower number comes first. */
  public int rank(Head head, int example, int label) {
    float[] row = logits(head)[example];
    int before = 0;
    for (int c = 0; c < row.length; c++) {
      if (row[c] > row[label] || (row[c] == row[label] && c < label)) {
        before++;
      }
    }
    return before;
  }

  /** Of an ensemble: the mean logits of its members, and their features side by side. */
  public static Prediction together(List<Prediction> members) {
    if (members.size() == 1) {
      return members.get(0);
    }
    Map<Head, float[][]> means = new EnumMap<>(Head.class);
    for (Head head : members.get(0).logits().keySet()) {
      means.put(head, mean(members.stream().map(member -> member.logits(head)).toList()));
    }
    return new Prediction(joined(members.stream().map(Prediction::features).toList()), means);
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

  /** Rows side by side. */
  public static float[][] joined(List<float[][]> parts) {
    float[][] joined = new float[parts.get(0).length][];
    for (int i = 0; i < joined.length; i++) {
      int row = i;
      joined[i] = new float[parts.stream().mapToInt(part -> part[row].length).sum()];
      int from = 0;
      for (float[][] part : parts) {
        System.arraycopy(part[i], 0, joined[i], from, part[i].length);
        from += part[i].length;
      }
    }
    return joined;
  }
}
