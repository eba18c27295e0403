package org.bilateralbrain.store;

import java.io.Serializable;
import java.util.Map;

/**
 * How one network did on the test images.
 *
 * @param heads by label, see {@link Heads}
 */
public record TestResult(Map<String, OfHead> heads) implements Serializable {

  /**
   * @param images tested
   * @param first images whose most probable class was the right one
   * @param firstFive images whose right class was among the five most probable
   * @param byClass of each class of this head's labels
   * @param bySuperclass of each coarse class
   */
  public record OfHead(int images, int first, int firstFive, Counts byClass, Counts bySuperclass)
      implements Serializable {

    public double top1() {
      return (double) first / images;
    }

    public double top5() {
      return (double) firstFive / images;
    }
  }

  /**
   * @param images of each class
   * @param right of these, images whose most probable class was the right one
   */
  public record Counts(int[] images, int[] right) implements Serializable {

    public static Counts ofClasses(int classes) {
      return new Counts(new int[classes], new int[classes]);
    }

    public void add(int label, boolean isRight) {
      images[label]++;
      right[label] += isRight ? 1 : 0;
    }
  }
}
