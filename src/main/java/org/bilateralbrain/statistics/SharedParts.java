package org.bilateralbrain.statistics;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Which observations have trained parts (hemispheres, members of ensembles) in common. Parts that
 * always occur together count as one. A part that stands in the same place in every network, such
 * as a pretrained hemisphere used for all seeds, was not drawn anew for each seed: results hold
 * given this part, and it is left out.
 *
 * @param occurrences for each part, the indices of the observations that contain it
 */
record SharedParts(int observations, List<BitSet> occurrences) {

  static SharedParts of(List<Observation> observations) {
    Set<String> given = new HashSet<>(inTheSamePlace(networks(observations, true)));
    given.addAll(inTheSamePlace(networks(observations, false)));
    Map<String, BitSet> occurrences = new LinkedHashMap<>();
    for (int i = 0; i < observations.size(); i++) {
      for (String part : drawn(observations.get(i), given)) {
        occurrences.computeIfAbsent(part, any -> new BitSet()).set(i);
      }
    }
    return new SharedParts(
        observations.size(), List.copyOf(new LinkedHashSet<>(occurrences.values())));
  }

  private static List<ResultRow> networks(List<Observation> observations, boolean minuend) {
    return observations.stream()
        .flatMap(each -> minuend ? List.of(each.network()).stream() : each.subtracted().stream())
        .toList();
  }

  private static Set<String> inTheSamePlace(List<ResultRow> networks) {
    Set<String> same = new HashSet<>();
    int places =
        networks.size() < 2
            ? 0
            : networks.stream().mapToInt(each -> each.cell().parts().size()).min().orElse(0);
    for (int place = 0; place < places; place++) {
      int index = place;
      String first = networks.get(0).cell().parts().get(index);
      if (networks.stream().allMatch(each -> each.cell().parts().get(index).equals(first))) {
        same.add(first);
      }
    }
    return same;
  }

  /**
   * The parts that vary; the network itself if none does, because it may stand there repeatedly.
   */
  private static List<String> drawn(Observation observation, Set<String> given) {
    List<String> parts =
        observation
            .networks()
            .flatMap(network -> network.cell().parts().stream())
            .filter(part -> !given.contains(part))
            .toList();
    return parts.isEmpty() ? List.of(observation.network().cell().id()) : parts;
  }

  boolean areIndependent() {
    return occurrences.stream().allMatch(of -> of.cardinality() == 1);
  }

  /**
   * The correlation of any two observations if each were the sum of its parts' equal and
   * independent contributions: the number of common parts over the geometric mean of the numbers of
   * parts.
   */
  double[][] correlations() {
    List<BitSet> parts = IntStream.range(0, observations).mapToObj(this::partsOf).toList();
    double[][] correlations = new double[observations][observations];
    for (int i = 0; i < observations; i++) {
      for (int j = 0; j < observations; j++) {
        BitSet common = (BitSet) parts.get(i).clone();
        common.and(parts.get(j));
        correlations[i][j] =
            common.cardinality()
                / Math.sqrt((double) parts.get(i).cardinality() * parts.get(j).cardinality());
      }
    }
    return correlations;
  }

  private BitSet partsOf(int observation) {
    BitSet parts = new BitSet();
    IntStream.range(0, occurrences.size())
        .filter(part -> occurrences.get(part).get(observation))
        .forEach(parts::set);
    return parts;
  }

  /**
   * The parts as the rows and the columns of a table of which each observation fills one cell:
   * every left hemisphere joined with every right one, at least two of each.
   *
   * @return two lists of parts; empty unless the observations form such a table
   */
  Optional<List<List<BitSet>>> crossed() {
    List<BitSet> shared = occurrences.stream().filter(of -> of.cardinality() > 1).toList();
    if (shared.isEmpty()) {
      return Optional.empty();
    }
    List<BitSet> rows = new ArrayList<>();
    List<BitSet> columns = new ArrayList<>();
    for (BitSet part : shared) {
      boolean isRow = part.equals(shared.get(0)) || !part.intersects(shared.get(0));
      (isRow ? rows : columns).add(part);
    }
    boolean isTable =
        rows.size() > 1
            && columns.size() > 1
            && rows.size() * columns.size() == observations
            && rows.stream().allMatch(row -> columns.stream().allMatch(of -> meetOnce(row, of)));
    return isTable ? Optional.of(List.of(rows, columns)) : Optional.empty();
  }

  private static boolean meetOnce(BitSet row, BitSet column) {
    BitSet cell = (BitSet) row.clone();
    cell.and(column);
    return cell.cardinality() == 1;
  }
}
