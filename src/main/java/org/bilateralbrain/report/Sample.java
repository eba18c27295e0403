package org.bilateralbrain.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.bilateralbrain.store.ArtifactKey;

/**
 * The test accuracies of a group's networks with one kind of head, in 0..1.
 *
 * @param all one for each network that has a result
 * @param bySeed by the seed of the left hemisphere; the mean where several networks share it
 * @param without networks without a result, for people: "seed 2 FAILED"
 * @param networks all of them, also those without a result
 * @param dependent whether some were made from more than one seed, which others were made from, too
 */
record Sample(
    Group group,
    String head,
    List<Double> all,
    SortedMap<Long, Double> bySeed,
    List<String> without,
    Set<ArtifactKey> networks,
    boolean dependent) {

  private static final Comparator<String> FINE_FIRST =
      Comparator.comparing(head -> head.equals("fine") ? 0 : 1);

  /** In the order of the macro-architectures, and within one as the rows come. */
  static List<Sample> of(List<ResultRow> rows) {
    Map<Group, Map<String, List<ResultRow>>> groups =
        rows.stream()
            .collect(
                Collectors.groupingBy(
                    row -> Group.of(row.cell()),
                    LinkedHashMap::new,
                    Collectors.groupingBy(
                        ResultRow::head, () -> new TreeMap<>(FINE_FIRST), Collectors.toList())));
    List<Sample> samples = new ArrayList<>();
    groups.entrySet().stream()
        .sorted(Comparator.comparingInt(entry -> entry.getKey().place()))
        .forEach(
            group ->
                group.getValue().forEach((head, of) -> samples.add(of(group.getKey(), head, of))));
    return samples;
  }

  private static Sample of(Group group, String head, List<ResultRow> rows) {
    List<Double> all = new ArrayList<>();
    SortedMap<Long, List<Double>> seeds = new TreeMap<>();
    List<String> without = new ArrayList<>();
    for (ResultRow row : rows) {
      if (row.accuracy().isPresent()) {
        double accuracy = row.accuracy().get().test();
        all.add(accuracy);
        seeds.computeIfAbsent(row.cell().seed(), any -> new ArrayList<>()).add(accuracy);
      } else {
        without.add("%s %s".formatted(seeds(row), row.status()));
      }
    }
    SortedMap<Long, Double> means = new TreeMap<>();
    seeds.forEach((seed, of) -> means.put(seed, Summary.of(of).mean()));
    boolean dependent =
        rows.size() > 1
            && rows.stream().anyMatch(row -> row.cell().seed() != row.cell().seedRight());
    Set<ArtifactKey> networks =
        rows.stream().map(row -> row.cell().artifact()).collect(Collectors.toSet());
    return new Sample(group, head, all, means, without, networks, dependent);
  }

  private static String seeds(ResultRow row) {
    long left = row.cell().seed();
    long right = row.cell().seedRight();
    return left == right ? "seed " + left : "seeds %s + %s".formatted(left, right);
  }

  Summary summary() {
    return Summary.of(all);
  }
}
