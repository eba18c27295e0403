package org.bilateralbrain.data;

import java.io.Serializable;

/**
 * The images that one sweep trains on, chooses weights by, and reports on.
 *
 * @param validation may be empty
 */
public record Partition(Subset train, Subset validation, Subset test) {

  /**
   * How to divide a data set; the same for all jobs of a sweep, whatever their own seeds.
   *
   * @param validationFraction share of the training images that is held out, in [0, 1)
   * @param trainLimit at most so many of the training images are used (before the validation part
   *     is taken)
   * @param testLimit at most so many of the test images are used
   * @param trainShare share of what is left to train on that is used, in (0, 1]
   */
  public record Rule(
      long seed, double validationFraction, int trainLimit, int testLimit, double trainShare)
      implements Serializable {
    public static final int NO_LIMIT = Integer.MAX_VALUE;

    public Rule(long seed, double validationFraction, int trainLimit, int testLimit) {
      this(seed, validationFraction, trainLimit, testLimit, 1);
    }

    public Rule withTrainShare(double share) {
      return new Rule(seed, validationFraction, trainLimit, testLimit, share);
    }
  }

  /**
   * Every choice is stratified by fine class.
   *
   * @throws DataException if nothing is left to train on
   */
  public static Partition of(DataSet dataSet, Rule rule) {
    Subset available =
        limited("train limit", Subset.all(dataSet.train()), rule.trainLimit(), rule.seed());
    Subset test = limited("test limit", Subset.all(dataSet.test()), rule.testLimit(), rule.seed());
    int held = (int) Math.round(available.count() * rule.validationFraction());
    if (held == available.count()) {
      throw new DataException(
          "A validation fraction of %s leaves none of %s images to train on"
              .formatted(rule.validationFraction(), available.count()));
    }
    Subset.Parts parts = available.choose(held, Seeds.derive(rule.seed(), "validation", 0));
    int share = Math.max(1, (int) Math.round(parts.rest().count() * rule.trainShare()));
    return new Partition(
        limited("train share", parts.rest(), share, rule.seed()), parts.chosen(), test);
  }

  private static Subset limited(String purpose, Subset all, int limit, long seed) {
    return limit >= all.count() ? all : all.choose(limit, Seeds.derive(seed, purpose, 0)).chosen();
  }
}
