package org.bilateralbrain.store;

import java.io.Serializable;
import java.util.BitSet;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Results of one network on the test images.
 *
 * @param heads by label, see {@link Heads}
 * @param consistent number of images whose fine answer belongs to the superclass that is the coarse
 *     answer; 0 unless there are both heads
 */
public record TestResult(Map<String, OfHead> heads, int consistent) implements Serializable {

  /** The share of consistent answers in 0..1; empty unless there are both heads. */
  public OptionalDouble consistency() {
    OfHead any = heads.get(Heads.FINE);
    return any == null || heads.size() < 2
        ? OptionalDouble.empty()
        : OptionalDouble.of((double) consistent / any.images());
  }

  /**
   * @param images number of test images
   * @param first number of images whose most probable class is correct
   * @param firstFive number of images whose correct class is among the five most probable
   * @param lossSum the sum of the images' cross-entropies, in nats
   * @param correct which images' most probable class is correct, by position
   * @param byClass counts for each class of this head
   * @param bySuperclass counts for each coarse class
   */
  public record OfHead(
      int images,
      int first,
      int firstFive,
      double lossSum,
      Calibration calibration,
      BitSet correct,
      Counts byClass,
      Counts bySuperclass)
      implements Serializable {

    /** Of the images of both. */
    public OfHead plus(OfHead other) {
      return new OfHead(
          images + other.images,
          first + other.first,
          firstFive + other.firstFive,
          lossSum + other.lossSum,
          calibration.plus(other.calibration),
          union(correct, other.correct),
          byClass.plus(other.byClass),
          bySuperclass.plus(other.bySuperclass));
    }

    private static BitSet union(BitSet a, BitSet b) {
      BitSet union = (BitSet) a.clone();
      union.or(b);
      return union;
    }

    /** The mean cross-entropy, which is the mean negative log-likelihood of the labels. */
    public double loss() {
      return lossSum / images;
    }

    public double top1() {
      return (double) first / images;
    }

    public double top5() {
      return (double) firstFive / images;
    }
  }

  /**
   * @param images number of images of each class
   * @param right number of these whose most probable class is correct
   */
  public record Counts(int[] images, int[] right) implements Serializable {

    public static Counts ofClasses(int classes) {
      return new Counts(new int[classes], new int[classes]);
    }

    Counts plus(Counts other) {
      return new Counts(sum(images, other.images), sum(right, other.right));
    }

    private static int[] sum(int[] a, int[] b) {
      int[] sum = a.clone();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += b[i];
      }
      return sum;
    }

    public void add(int label, boolean isRight) {
      images[label]++;
      right[label] += isRight ? 1 : 0;
    }
  }
}
