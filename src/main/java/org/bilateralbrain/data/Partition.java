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
   * How to divide a data set.
   *
   * @param seed of all selections
   * @param split which of the possible validation parts is held out; 0 unless seeds change the
   *     split
   * @param validationFraction fraction of the training images that is held out, in [0, 1)
   * @param trainLimit maximum number of training images, validation images included
   * @param testLimit maximum number of test images
   * @param trainShare fraction of the remaining training images that is used, in (0, 1]
   * @param part which of the possible parts of that size is used; 0 unless networks have parts of
   *     their own
   */
  public record Rule(
      long seed,
      long split,
      double validationFraction,
      int trainLimit,
      int testLimit,
      double trainShare,
      long part)
      implements Serializable {
    public static final int NO_LIMIT = Integer.MAX_VALUE;

    public Rule(long seed, double validationFraction, int trainLimit, int testLimit) {
      this(seed, 0, validationFraction, trainLimit, testLimit, 1, 0);
    }

    public Rule withSplit(long other) {
      return new Rule(seed, other, validationFraction, trainLimit, testLimit, trainShare, part);
    }

    /** A part of its own number uses other images than one of another number. */
    public Rule withTrainShare(double share, long number) {
      return new Rule(seed, split, validationFraction, trainLimit, testLimit, share, number);
    }
  }

  /**
   * Divides a data set; every selection is stratified by fine class. A validation part that comes
   * with the data set takes the place of one that is held out.
   *
   * @throws DataException if no training images remain
   */
  public static Partition of(DataSet dataSet, Rule rule) {
    int own = dataSet.train().count() - dataSet.validation();
    Subset available =
        limited(
            Subset.range(dataSet.train(), 0, own),
            rule.trainLimit(),
            Seeds.derive(rule.seed(), "train limit", 0));
    Subset test =
        limited(
            Subset.all(dataSet.test()),
            rule.testLimit(),
            Seeds.derive(rule.seed(), "test limit", 0));
    int held = (int) Math.round(available.count() * rule.validationFraction());
    if (held == available.count()) {
      throw new DataException(
          "A validation fraction of %s leaves none of the %s images for training"
              .formatted(rule.validationFraction(), available.count()));
    }
    Subset.Parts parts =
        dataSet.validation() > 0
            ? new Subset.Parts(
                Subset.range(dataSet.train(), own, dataSet.train().count()), available)
            : available.choose(held, Seeds.derive(rule.seed(), "validation", rule.split()));
    int share = Math.max(1, (int) Math.round(parts.rest().count() * rule.trainShare()));
    long shareSeed = Seeds.derive(rule.seed(), "train share", rule.part());
    return new Partition(limited(parts.rest(), share, shareSeed), parts.chosen(), test);
  }

  private static Subset limited(Subset all, int limit, long seed) {
    return limit >= all.count() ? all : all.choose(limit, seed).chosen();
  }
}
