package org.bilateralbrain.grid;

import java.io.Serializable;
import java.util.EnumMap;
import java.util.Map;
import org.bilateralbrain.config.RandomSource;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.ImageShape;
import org.bilateralbrain.data.Partition;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Shape;

/**
 * The images of a job, regardless of the file they were read from.
 *
 * @param digest of the data set, from which the shape of its images follows
 * @param fineClasses number of fine classes
 * @param coarseClasses number of coarse classes
 */
public record DataKey(
    String digest,
    ImageShape shape,
    int fineClasses,
    int coarseClasses,
    Partition.Rule rule,
    ChannelStatistics normalisation)
    implements Serializable {

  /** The shape of an image as a network's input. */
  public Shape image() {
    return new Shape(shape.size(), shape.size(), shape.channels());
  }

  /** The number of classes of each kind of label. */
  public Map<Head, Integer> classes() {
    Map<Head, Integer> classes = new EnumMap<>(Head.class);
    classes.put(Head.FINE, fineClasses);
    classes.put(Head.COARSE, coarseClasses);
    return classes;
  }

  void describeTo(Specification specification) {
    specification
        .add("data.digest", digest)
        .add("data.seed", rule.seed())
        .add(Specification.SEED + RandomSource.SPLIT.label(), rule.split())
        .add("data.validation-fraction", rule.validationFraction())
        .add("data.train-limit", limit(rule.trainLimit()))
        .add("data.test-limit", limit(rule.testLimit()))
        .add("data.train-share", rule.trainShare())
        .add(Specification.SEED + "part", rule.part())
        .add("data.normalisation", normalisation.mean() + " " + normalisation.std());
  }

  DataKey withRule(Partition.Rule other) {
    return new DataKey(digest, shape, fineClasses, coarseClasses, other, normalisation);
  }

  private static String limit(int limit) {
    return limit == Partition.Rule.NO_LIMIT ? "none" : Integer.toString(limit);
  }
}
