package org.bilateralbrain.grid;

import java.io.Serializable;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.Partition;

/**
 * The images of a job, regardless of the file they were read from.
 *
 * @param digest of the data set
 * @param fineClasses number of fine classes
 * @param coarseClasses number of coarse classes
 */
public record DataKey(
    String digest,
    int fineClasses,
    int coarseClasses,
    Partition.Rule rule,
    ChannelStatistics normalisation)
    implements Serializable {

  void describeTo(Specification specification) {
    specification
        .add("data.digest", digest)
        .add("data.seed", rule.seed())
        .add("data.validation-fraction", rule.validationFraction())
        .add("data.train-limit", limit(rule.trainLimit()))
        .add("data.test-limit", limit(rule.testLimit()))
        .add("data.train-share", rule.trainShare())
        .add("data.normalisation", normalisation.mean() + " " + normalisation.std());
  }

  DataKey withTrainShare(double share) {
    return new DataKey(
        digest, fineClasses, coarseClasses, rule.withTrainShare(share), normalisation);
  }

  private static String limit(int limit) {
    return limit == Partition.Rule.NO_LIMIT ? "none" : Integer.toString(limit);
  }
}
