package org.bilateralbrain.grid;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Head;

/**
 * One network in the results.
 *
 * @param model as in the tables
 * @param left the left hemisphere's backbone, if there is a left hemisphere
 * @param right likewise
 * @param seed of the left hemisphere where there are two, of the first network of an ensemble
 * @param seedRight of the right hemisphere, of the last network of an ensemble
 * @param heads its heads
 * @param job produces it; several grid points can share a job
 */
public record GridPoint(
    String model,
    String variant,
    Optional<Backbone> left,
    Optional<Backbone> right,
    long seed,
    long seedRight,
    List<Head> heads,
    Job job) {

  /**
   * The networks that were trained on their own and then joined in this one, from left to right:
   * its hemispheres, or an ensemble's members. What was trained as a whole is its own only part.
   * Networks without a common part are independent of each other.
   */
  public List<Job> parts() {
    List<Job> joined = job.parents().stream().filter(Hemisphere.class::isInstance).toList();
    return joined.isEmpty() ? List.of(job) : joined;
  }

  /** The network's name in files: model, variant, backbones and seeds. */
  public String name() {
    String seeds = seed == seedRight ? "" + seed : seed + "-" + seedRight;
    String backbones =
        Stream.of(left, right)
            .flatMap(Optional::stream)
            .map(Backbone::label)
            .distinct()
            .collect(Collectors.joining("+"));
    return "%s-%s-%s-seed%s".formatted(model, variant, backbones, seeds);
  }
}
