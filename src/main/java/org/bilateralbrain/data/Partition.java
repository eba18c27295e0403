package org.bilateralbrain.data;

import java.io.Serializable;

/**
 * How the images of a sweep are divided into those to train on, to select weights by, and to report
 * results on.
 *
 * @param validation may be empty
 */
public record Partition(Subset train, Subset validation, Subset test) {

  /**
   * How to divide a data set; the same for all jobs of a sweep, whatever their seeds.
   *
   * @param validationFraction fraction of the training images that is held out, in [0, 1)
   * @param trainLimit maximum number of training images, validation images included
   * @param testLimit maximum number of test images
   * @param trainShare fraction of the remaining training images that is used, in (0, 1]
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
   * Divides a data set; every selection is stratified by fine class.
   *
   * @throws DataException if no training images remain
   */
  public static Partition of(DataSet dataSet, Rule rule) {
    Subset available =
        limited("train limit", Subset.all(dataSet.train()), rule.trainLimit(), rule.seed());
    Subset test = limited("test limit", Subset.all(dataSet.test()), rule.testLimit(), rule.seed());
    int held = (int) Math.round(available.count() * rule.validationFraction());
    if (held == available.count()) {
      throw new DataException(
          "A validation fraction of %s leaves none of the %s images for training"
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
