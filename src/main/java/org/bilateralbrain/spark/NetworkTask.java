package org.bilateralbrain.spark;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bilateralbrain.grid.GridPoint;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Head;

/**
 * A trained network that something is to be done with.
 *
 * @param name of the network in files
 * @param heads of the job's network, in the order of its outputs
 */
public record NetworkTask(String name, Job job, List<Head> heads) implements Serializable {

  public static NetworkTask of(GridPoint cell) {
    return new NetworkTask(name(cell), cell.job(), cell.heads());
  }

  static String name(GridPoint cell) {
    return cell.seed() == cell.seedRight()
        ? "%s-%s-%s-seed%s".formatted(cell.model(), cell.variant(), backbones(cell), cell.seed())
        : "%s-%s-%s-seed%s-%s"
            .formatted(
                cell.model(), cell.variant(), backbones(cell), cell.seed(), cell.seedRight());
  }

  private static String backbones(GridPoint cell) {
    return Stream.of(cell.left(), cell.right())
        .flatMap(Optional::stream)
        .map(Backbone::label)
        .distinct()
        .collect(Collectors.joining("+"));
  }
}
