package org.bilateralbrain.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A selection of a data set's images; the images themselves are shared, not copied.
 *
 * @param positions indices of the selected images, in ascending order
 */
public record Subset(Images images, int[] positions) {

  public static Subset all(Images images) {
    return range(images, 0, images.count());
  }

  static Subset range(Images images, int from, int to) {
    return new Subset(images, IntStream.range(from, to).toArray());
  }

  public int count() {
    return positions.length;
  }

  /** Two disjoint parts. */
  record Parts(Subset chosen, Subset rest) {}

  /**
   * Chooses images at random, stratified by fine class to within one image; chance decides which
   * classes get the images that are left after rounding down.
   */
  Parts choose(int count, long seed) {
    if (count < 0 || count > count()) {
      throw new IllegalArgumentException("Can't choose %s of %s images".formatted(count, count()));
    }
    SplittableRandom random = new SplittableRandom(seed);
    List<List<Integer>> classes = shuffledClasses(random);
    int[] quotas = quotas(classes, count, random);
    List<Integer> chosen = new ArrayList<>();
    List<Integer> rest = new ArrayList<>();
    for (int label = 0; label < quotas.length; label++) {
      List<Integer> members = classes.get(label);
      chosen.addAll(members.subList(0, quotas[label]));
      rest.addAll(members.subList(quotas[label], members.size()));
    }
    return new Parts(subset(chosen), subset(rest));
  }

  private List<List<Integer>> shuffledClasses(SplittableRandom random) {
    List<List<Integer>> classes = new ArrayList<>();
    for (int position : positions) {
      int label = images.fineLabel(position);
      while (classes.size() <= label) {
        classes.add(new ArrayList<>());
      }
      classes.get(label).add(position);
    }
    classes.forEach(members -> shuffle(members, random));
    return classes;
  }

  /**
   * The largest remainder method: every quota is rounded down, then the classes with the largest
   * fractions get one more.
   */
  private int[] quotas(List<List<Integer>> classes, int count, SplittableRandom random) {
    int[] quotas = new int[classes.size()];
    double[] fractions = new double[classes.size()];
    int assigned = 0;
    List<Integer> order = new ArrayList<>();
    for (int label = 0; label < quotas.length; label++) {
      double share = (double) classes.get(label).size() * count / Math.max(1, count());
      quotas[label] = (int) share;
      fractions[label] = share - quotas[label];
      assigned += quotas[label];
      order.add(label);
    }
    shuffle(order, random);
    order.sort(Comparator.comparingDouble(label -> -fractions[label]));
    for (int i = 0; assigned < count; i++, assigned++) {
      quotas[order.get(i)]++;
    }
    return quotas;
  }

  private static void shuffle(List<Integer> list, SplittableRandom random) {
    for (int i = list.size() - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      Integer swapped = list.get(i);
      list.set(i, list.get(j));
      list.set(j, swapped);
    }
  }

  private Subset subset(List<Integer> chosen) {
    return new Subset(images, chosen.stream().mapToInt(Integer::intValue).sorted().toArray());
  }
}
