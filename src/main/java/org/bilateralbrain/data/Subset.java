package org.bilateralbrain.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Some of the images of a data set; the images themselves are shared.
 *
 * @param positions which ones, in ascending order
 */
public record Subset(Images images, int[] positions) {

  public static Subset all(Images images) {
    return new Subset(images, IntStream.range(0, images.count()).toArray());
  }

  public int count() {
    return positions.length;
  }

  /** Two parts without common images. */
  record Parts(Subset chosen, Subset rest) {}

  /**
   * Chooses images at random so that each fine class keeps its share, to within one image; where
   * shares are fractions, chance decides which classes get the image more.
   */
  Parts choose(int count, long seed) {
    if (count < 0 || count > count()) {
      throw new IllegalArgumentException(
          "%s of %s images can't be chosen".formatted(count, count()));
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
   * Largest remainders: whole parts first, then one more for the classes with the largest
   * fractions.
   */
  private int[] quotas(List<List<Integer>> classes, int count, SplittableRandom random) {
    int[] quotas = new int[classes.size()];
    double[] fractions = new double[classes.size()];
    int given = 0;
    List<Integer> order = new ArrayList<>();
    for (int label = 0; label < quotas.length; label++) {
      double share = (double) classes.get(label).size() * count / Math.max(1, count());
      quotas[label] = (int) share;
      fractions[label] = share - quotas[label];
      given += quotas[label];
      order.add(label);
    }
    shuffle(order, random);
    order.sort(Comparator.comparingDouble(label -> -fractions[label]));
    for (int i = 0; given < count; i++, given++) {
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
