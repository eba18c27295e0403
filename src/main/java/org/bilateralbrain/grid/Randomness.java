package org.bilateralbrain.grid;

import java.io.Serializable;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bilateralbrain.config.RandomSource;
import org.bilateralbrain.data.Seeds;
import org.bilateralbrain.data.Streams;

/**
 * What determines a network's random streams besides what is trained.
 *
 * @param seeds the network's seed; of a pair, those of its left and right hemispheres if they
 *     differ
 * @param varied the sources of randomness that the seeds change; the others are those of seed 0
 */
public record Randomness(List<Long> seeds, Set<RandomSource> varied) implements Serializable {

  private static final List<Long> OF_FIXED_SOURCES = List.of(0L);

  /**
   * Equal if their streams are: seed 0 changes nothing, and the split is a matter of the images.
   */
  public Randomness {
    seeds = List.copyOf(seeds);
    varied =
        seeds.equals(OF_FIXED_SOURCES)
            ? Set.of()
            : RandomSource.OF_TRAINING.stream()
                .filter(varied::contains)
                .collect(Collectors.toUnmodifiableSet());
  }

  static Randomness of(long seed, Set<RandomSource> varied) {
    return new Randomness(List.of(seed), varied);
  }

  static Randomness ofPair(long left, long right, Set<RandomSource> varied) {
    return new Randomness(Stream.of(left, right).distinct().toList(), varied);
  }

  /** The first, or only, seed. */
  long seed() {
    return seeds.get(0);
  }

  /** For people: "seed 3" or "seeds 3 + 4". */
  String title() {
    return "%s %s".formatted(seeds.size() == 1 ? "seed" : "seeds", joined(" + "));
  }

  /**
   * Streams that are independent of those of any other seed, and of anything else that is trained.
   *
   * @param trained what is trained: two jobs of one seed that give different names here have
   *     nothing random in common
   */
  Streams streams(String trained) {
    return new Streams(
        stream(RandomSource.START, trained),
        stream(RandomSource.ORDER, trained),
        stream(RandomSource.AUGMENTATION, trained),
        stream(RandomSource.DROPOUT, trained));
  }

  void describeTo(Specification specification) {
    for (RandomSource source : RandomSource.OF_TRAINING) {
      specification.add(Specification.SEED + source.label(), value(source));
    }
  }

  private long stream(RandomSource source, String trained) {
    return Seeds.of(String.join("/", value(source), source.label(), trained));
  }

  private String value(RandomSource source) {
    return varied.contains(source) ? joined("+") : "0";
  }

  private String joined(String separator) {
    return seeds.stream().map(Object::toString).collect(Collectors.joining(separator));
  }
}
