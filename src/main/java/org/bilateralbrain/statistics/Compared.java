package org.bilateralbrain.statistics;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Two groups of networks, and which of them belong together because they vary together.
 *
 * <p>Networks that share a trained part do: a bilateral network and its hemispheres, an ensemble
 * and its members. So do networks of one model with equal seeds in two variants, whose random
 * streams are the same. All others are taken to be independent, whatever their seeds.
 */
sealed interface Compared {

  /** Accuracies in 0..1. */
  Summary difference();

  /** Networks that take part, of the first group. */
  int networks();

  int baselineNetworks();

  /** NaN unless there are enough differences that are independent of each other. */
  double wilcoxonPValue();

  /** The smallest that {@link #wilcoxonPValue} can be with so many differences; NaN likewise. */
  double smallestWilcoxon();

  /** The seeds that count: of a pair of groups, the smaller one's. */
  int seeds();

  /** The groups whose means are subtracted, or the differences alone. */
  List<List<Observation>> groups();

  /** Of the first group in the difference. */
  default int sign() {
    return 1;
  }

  static Compared of(List<ResultRow> of, List<ResultRow> from) {
    boolean isSameModel = isSameModel(of, from);
    boolean isReversed = !isSameModel && isBetterReversed(of, from);
    List<Observation> differences =
        isReversed ? differences(from, of, isSameModel) : differences(of, from, isSameModel);
    return differences.isEmpty() ? new Independent(of, from) : new Matched(differences, isReversed);
  }

  /** Groups without anything in common. */
  record Independent(List<ResultRow> of, List<ResultRow> from) implements Compared {
    @Override
    public Summary difference() {
      return Summary.of(Observation.of(of)).minus(Summary.of(Observation.of(from)));
    }

    @Override
    public int networks() {
      return of.size();
    }

    @Override
    public int baselineNetworks() {
      return from.size();
    }

    @Override
    public double wilcoxonPValue() {
      return Double.NaN;
    }

    @Override
    public double smallestWilcoxon() {
      return Double.NaN;
    }

    @Override
    public int seeds() {
      return Math.min(Compared.seeds(of), Compared.seeds(from));
    }

    @Override
    public List<List<Observation>> groups() {
      return List.of(Observation.of(of), Observation.of(from));
    }
  }

  /**
   * Networks with their counterparts.
   *
   * @param isReversed whether these are the baseline's networks minus the group's
   */
  record Matched(List<Observation> differences, boolean isReversed) implements Compared {
    @Override
    public Summary difference() {
      Summary summary = Summary.of(differences);
      return isReversed ? summary.negated() : summary;
    }

    @Override
    public int networks() {
      return isReversed ? counterparts() : differences.size();
    }

    @Override
    public int baselineNetworks() {
      return isReversed ? differences.size() : counterparts();
    }

    @Override
    public double smallestWilcoxon() {
      return SharedParts.of(differences).areIndependent()
          ? PairedTests.smallestWilcoxon(differences.size())
          : Double.NaN;
    }

    @Override
    public int seeds() {
      return Compared.seeds(differences.stream().map(Observation::network).toList());
    }

    @Override
    public List<List<Observation>> groups() {
      return List.of(differences);
    }

    @Override
    public int sign() {
      return isReversed ? -1 : 1;
    }

    private int counterparts() {
      return (int)
          differences.stream().flatMap(each -> each.subtracted().stream()).distinct().count();
    }

    @Override
    public double wilcoxonPValue() {
      return SharedParts.of(differences).areIndependent()
          ? PairedTests.wilcoxon(Observation.values(differences))
          : Double.NaN;
    }
  }

  /**
   * Each network minus the mean of its counterparts; networks without one are left out.
   *
   * @return empty if the groups are independent
   */
  private static List<Observation> differences(
      List<ResultRow> of, List<ResultRow> from, boolean isSameModel) {
    Map<Object, Set<ResultRow>> counterparts = new HashMap<>();
    for (ResultRow network : from) {
      for (Object key : keys(network, isSameModel)) {
        counterparts.computeIfAbsent(key, any -> new LinkedHashSet<>()).add(network);
      }
    }
    return of.stream()
        .map(
            network ->
                new Observation(
                    network,
                    keys(network, isSameModel).stream()
                        .map(key -> Optional.ofNullable(counterparts.get(key)).orElse(Set.of()))
                        .flatMap(Collection::stream)
                        .distinct()
                        .toList()))
        .filter(difference -> !difference.subtracted().isEmpty())
        .toList();
  }

  /** Those of one model belong together by their seeds, others by their parts. */
  private static List<?> keys(ResultRow network, boolean isSameModel) {
    return isSameModel
        ? List.of(List.of(network.cell().seed(), network.cell().seedRight()))
        : network.cell().parts();
  }

  private static boolean isSameModel(List<ResultRow> of, List<ResultRow> from) {
    return Stream.concat(of.stream(), from.stream())
            .map(network -> network.cell().model())
            .distinct()
            .count()
        == 1;
  }

  /**
   * Whether differences are better taken from the other group's networks: what consists of more
   * parts is compared with the mean of what it consists of; else the smaller group with the larger.
   */
  private static boolean isBetterReversed(List<ResultRow> of, List<ResultRow> from) {
    int parts = Integer.compare(parts(of), parts(from));
    return parts < 0 || (parts == 0 && of.size() > from.size());
  }

  private static int seeds(List<ResultRow> networks) {
    return (int) networks.stream().map(network -> network.cell().seed()).distinct().count();
  }

  private static int parts(List<ResultRow> networks) {
    return networks.stream().mapToInt(each -> each.cell().parts().size()).max().orElse(0);
  }
}
