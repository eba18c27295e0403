package org.bilateralbrain.grid;

import java.io.Serializable;
import java.util.Map;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.Partition;

/**
 * The images that a job sees, whatever file they came from.
 *
 * @param digest of the whole data set
 * @param fineClasses number of fine classes
 * @param coarseClasses number of coarse classes
 */
public record DataKey(
    String digest, int fineClasses, int coarseClasses, Partition.Rule rule, ChannelStatistics normalisation)
    implements Serializable {

  void describeTo(Map<String, String> specification) {
    specification.put("data.digest", digest);
    specification.put("data.seed", Long.toString(rule.seed()));
    specification.put("data.validation-fraction", Double.toString(rule.validationFraction()));
    specification.put("data.train-limit", limit(rule.trainLimit()));
    specification.put("data.test-limit", limit(rule.testLimit()));
    specification.put("data.normalisation", normalisation.mean() + " " + normalisation.std());
  }

  private static String limit(int limit) {
    return limit == Partition.Rule.NO_LIMIT ? "none" : Integer.toString(limit);
  }
}
