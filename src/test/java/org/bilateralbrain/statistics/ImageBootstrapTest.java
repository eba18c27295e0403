package org.bilateralbrain.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.commons.math3.stat.StatUtils;
import org.junit.jupiter.api.Test;

class ImageBootstrapTest {

  private final Map<ResultRow, BitSet> correct = new HashMap<>();
  private final Random random = new Random(1);

  /**
   * Two networks that are right independently of each other, with probability 0.7 and 0.6 on each
   * of 10,000 images. With equal seeds the standard error comes from images alone: McNemar's,
   * sqrt((b + c) / n² - d² / n) for b and c images on which just one is right.
   */
  @Test
  void whereNetworksAreEqualTheIntervalIsThatOfImages() {
    int images = 10_000;
    BitSet first = correct(images, 0.7);
    BitSet second = correct(images, 0.6);
    List<ResultRow> of = new ArrayList<>();
    List<ResultRow> from = new ArrayList<>();
    for (int seed = 0; seed < 5; seed++) {
      of.add(network("bilateral-specialised", seed, first, images, "a" + seed));
      from.add(network("unilateral-both", seed, second, images, "b" + seed));
    }
    BitSet onlyOne = (BitSet) first.clone();
    onlyOne.xor(second);
    double difference = (double) (first.cardinality() - second.cardinality()) / images;
    double error =
        Math.sqrt(
            (double) onlyOne.cardinality() / images / images - difference * difference / images);

    Interval interval = interval(of, from, images);

    assertThat(interval.low()).isCloseTo(difference - 1.96 * error, within(0.1 * 1.96 * error));
    assertThat(interval.high()).isCloseTo(difference + 1.96 * error, within(0.1 * 1.96 * error));
  }

  /** Independent sources of variance add up: that of seeds and that of each image's mean. */
  @Test
  void varianceOfSeedsAndOfImagesAddUp() {
    int images = 2_000;
    List<ResultRow> of = new ArrayList<>();
    List<ResultRow> from = new ArrayList<>();
    double[] means = new double[images];
    for (int seed = 0; seed < 10; seed++) {
      BitSet whole = correct(images, 0.75 + 0.01 * seed);
      BitSet part = correct(images, 0.6);
      of.add(network("bilateral-specialised", seed, whole, images, "f" + seed, "c" + seed));
      from.add(network("unilateral-fine", seed, part, images, "f" + seed));
      whole.stream().forEach(image -> means[image] += 0.1);
      part.stream().forEach(image -> means[image] -= 0.1);
    }
    double ofSeeds = Compared.of(of, from).difference().standardError();
    double expected = 2 * 1.96 * Math.sqrt(ofSeeds * ofSeeds + StatUtils.variance(means) / images);

    Interval interval = interval(of, from, images);

    assertThat(interval.high() - interval.low()).isCloseTo(expected, within(0.12 * expected));
  }

  @Test
  void theIntervalOfAReversedDifferenceIsMirrored() {
    int images = 1000;
    List<ResultRow> of = new ArrayList<>();
    List<ResultRow> from = new ArrayList<>();
    for (int seed = 0; seed < 4; seed++) {
      of.add(
          network("ensemble-2", seed, correct(images, 0.7), images, "m" + seed, "m" + (seed + 1)));
      from.add(network("unilateral-both", seed, correct(images, 0.6), images, "m" + seed));
    }

    Interval forward = interval(of, from, images);
    Interval backward = interval(from, of, images);

    assertThat(backward.low()).isCloseTo(-forward.high(), within(1e-12));
    assertThat(backward.high()).isCloseTo(-forward.low(), within(1e-12));
  }

  /**
   * Accuracy = 0.6 + effect of the seed + effect of the image; the true difference is 0. Both kinds
   * of sampling move it.
   */
  @Test
  void ninetyFivePercentIntervalsCoverAboutNinetyFivePercent() {
    int images = 300;
    int covered = 0;
    int rounds = 200;
    for (int round = 0; round < rounds; round++) {
      correct.clear();
      List<ResultRow> of = networks("bilateral-specialised", images);
      List<ResultRow> from = networks("unilateral-both", images);
      Interval interval = interval(of, from, images);
      covered += interval.low() <= 0 && interval.high() >= 0 ? 1 : 0;
    }

    assertThat((double) covered / rounds).isBetween(0.90, 0.98);
  }

  @Test
  void tenThousandImagesAndFortyNetworksTakeWellBelowASecond() {
    int images = 10_000;
    List<ResultRow> of = networks("bilateral-specialised", images);
    List<ResultRow> from = networks("unilateral-both", images);
    of.addAll(networks("bilateral-specialised", images));
    from.addAll(networks("unilateral-both", images));
    interval(of, from, images);
    long start = System.nanoTime();

    interval(of, from, images);

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(500));
  }

  /** Ten with accuracies that vary by 2 points, on images that are easier for this model or not. */
  private List<ResultRow> networks(String model, int images) {
    double[] ease = random.doubles(images).map(any -> 0.2 * random.nextGaussian()).toArray();
    List<ResultRow> networks = new ArrayList<>();
    for (int seed = 0; seed < 10; seed++) {
      double own = 0.6 + 0.02 * random.nextGaussian();
      BitSet right = new BitSet();
      for (int image = 0; image < images; image++) {
        right.set(image, random.nextDouble() < own + ease[image]);
      }
      networks.add(network(model, seed, right, images, model + seed + random.nextLong()));
    }
    return networks;
  }

  private Interval interval(List<ResultRow> of, List<ResultRow> from, int images) {
    return new ImageBootstrap(images, row -> Objects.requireNonNull(correct.get(row)))
        .interval(Compared.of(of, from), 1);
  }

  private ResultRow network(String model, int seed, BitSet right, int images, String... parts) {
    ResultRow row = Rows.of(model, seed, (double) right.cardinality() / images, parts);
    correct.put(row, right);
    return row;
  }

  private BitSet correct(int images, double probability) {
    BitSet right = new BitSet();
    for (int image = 0; image < images; image++) {
      right.set(image, random.nextDouble() < probability);
    }
    return right;
  }
}
