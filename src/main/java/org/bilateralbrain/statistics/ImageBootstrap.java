package org.bilateralbrain.statistics;

import java.util.Arrays;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.bilateralbrain.store.CorrectImages;

/**
 * Bootstrap intervals for differences of accuracy that count both networks and test images as
 * samples. Each round draws trained parts and images anew, the same for all networks that contain a
 * part, and the same images for all networks (the pigeonhole bootstrap: Owen, Annals of Applied
 * Statistics 1, 2007).
 *
 * <p>Of k parts, k - 1 are drawn with replacement, so that the variance is right also if they are
 * few (Rao and Wu, Journal of the American Statistical Association 83, 1988). An image counts twice
 * or not at all, which has the same variance as drawing with replacement and is a mask of bits
 * (Owen and Eckles, "Bootstrapping data arrays of arbitrary order", Annals of Applied Statistics 6,
 * 2012).
 */
final class ImageBootstrap {

  private static final int ROUNDS = 2000;
  private static final long SEED = 1;
  private static final CorrectImages NONE = CorrectImages.of(new BitSet(), 0);

  private final int images;
  private final Function<ResultRow, BitSet> correct;
  private final IdentityHashMap<ResultRow, long[]> words = new IdentityHashMap<>();

  /**
   * @param images number of test images
   * @param correct which images a network classifies correctly
   */
  ImageBootstrap(int images, Function<ResultRow, BitSet> correct) {
    this.images = images;
    this.correct = correct;
  }

  /**
   * Of networks whose artifacts say which test images they classify correctly; unknown if one of
   * them doesn't, or if there are too few networks for an interval over seeds.
   */
  static Interval interval(Compared compared) {
    Set<CorrectImages> correct =
        compared.groups().stream()
            .flatMap(List::stream)
            .flatMap(Observation::networks)
            .map(network -> network.correct().orElse(NONE))
            .collect(Collectors.toSet());
    Set<Integer> counts = correct.stream().map(CorrectImages::count).collect(Collectors.toSet());
    if (Double.isNaN(compared.difference().standardError())
        || counts.size() > 1
        || counts.contains(0)) {
      return Interval.UNKNOWN;
    }
    return new ImageBootstrap(
            counts.iterator().next(), network -> network.correct().orElse(NONE).bits())
        .interval(compared, SEED);
  }

  /**
   * The percentile interval of a difference, in -1..1.
   *
   * @param seed the same seed gives the same interval
   */
  Interval interval(Compared compared, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Resampling> groups = compared.groups().stream().map(Resampling::of).toList();
    double[] differences = new double[ROUNDS];
    long[] mask = new long[(images + Long.SIZE - 1) / Long.SIZE];
    for (int round = 0; round < ROUNDS; round++) {
      draw(mask, random);
      double difference = 0;
      int sign = compared.sign();
      for (Resampling group : groups) {
        difference += sign * mean(group.observations(), group.weights(random), mask);
        sign = -sign;
      }
      differences[round] = difference;
    }
    Percentile percentile = new Percentile();
    percentile.setData(differences);
    return new Interval(percentile.evaluate(2.5), percentile.evaluate(97.5));
  }

  private void draw(long[] mask, SplittableRandom random) {
    Arrays.setAll(mask, any -> random.nextLong());
    int rest = images % Long.SIZE;
    mask[mask.length - 1] &= rest == 0 ? -1L : (1L << rest) - 1;
  }

  private double mean(List<Observation> observations, double[] weights, long[] mask) {
    double sum = 0;
    double all = 0;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > 0) {
        Observation observation = observations.get(i);
        double subtracted =
            observation.subtracted().stream()
                .mapToDouble(network -> correctOf(network, mask))
                .average()
                .orElse(0);
        sum += weights[i] * (correctOf(observation.network(), mask) - subtracted);
        all += weights[i];
      }
    }
    long drawn = 0;
    for (long word : mask) {
      drawn += Long.bitCount(word);
    }
    return sum / all / drawn;
  }

  private double correctOf(ResultRow network, long[] mask) {
    long[] own =
        words.computeIfAbsent(
            network, any -> Arrays.copyOf(correct.apply(network).toLongArray(), mask.length));
    long count = 0;
    for (int i = 0; i < mask.length; i++) {
      count += Long.bitCount(own[i] & mask[i]);
    }
    return count;
  }

  /** How often each observation of a group is drawn. */
  private record Resampling(List<Observation> observations, List<List<BitSet>> pools) {

    /** Left and right hemispheres of a crossed design are drawn separately. */
    static Resampling of(List<Observation> observations) {
      SharedParts parts = SharedParts.of(observations);
      return new Resampling(observations, parts.crossed().orElse(List.of(parts.occurrences())));
    }

    /** A network is there as often as all of its parts together: the product of their numbers. */
    double[] weights(SplittableRandom random) {
      double[] weights = new double[observations.size()];
      do {
        Arrays.fill(weights, 1);
        pools.forEach(pool -> multiply(weights, pool, random));
      } while (Arrays.stream(weights).sum() == 0);
      return weights;
    }

    private static void multiply(double[] weights, List<BitSet> pool, SplittableRandom random) {
      int[] drawn = new int[pool.size()];
      for (int i = 0; i < Math.max(1, drawn.length - 1); i++) {
        drawn[random.nextInt(drawn.length)]++;
      }
      for (int part = 0; part < drawn.length; part++) {
        int times = drawn[part];
        pool.get(part).stream().forEach(observation -> weights[observation] *= times);
      }
    }
  }
}
