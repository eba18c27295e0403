package org.bilateralbrain.statistics;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
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
import org.bilateralbrain.store.Heads;

/**
 * The test accuracies of a group's networks with one kind of head, in 0..1.
 *
 * @param values one for each network that has a result
 * @param bySeed by the left hemisphere's seed; the mean where several networks share it
 * @param without networks without a result: "seed 2 FAILED"
 * @param networks all of them, including those without a result
 * @param dependent whether networks share hemispheres or members, while the interval assumes that
 *     they are independent
 */
@JsonPropertyOrder({"group", "head", "summary", "values", "without", "dependent"})
public record Sample(
    @JsonProperty("group") Group group,
    @JsonProperty("head") String head,
    @JsonProperty("values") List<Double> values,
    @JsonIgnore SortedMap<Long, Double> bySeed,
    @JsonProperty("without") List<String> without,
    @JsonIgnore Set<ArtifactKey> networks,
    @JsonProperty("dependent") boolean dependent) {

  /** By group, in the order of the rows; of each group in the order of heads. */
  public static List<Sample> of(List<ResultRow> rows) {
    Map<Group, Map<String, List<ResultRow>>> groups =
        rows.stream()
            .collect(
                Collectors.groupingBy(
                    row -> Group.of(row.cell()),
                    LinkedHashMap::new,
                    Collectors.groupingBy(
                        ResultRow::head,
                        () -> new TreeMap<>(Comparator.comparingInt(Heads.ALL::indexOf)),
                        Collectors.toList())));
    List<Sample> samples = new ArrayList<>();
    groups.forEach((group, heads) -> heads.forEach((head, of) -> samples.add(of(group, head, of))));
    return samples;
  }

  private static Sample of(Group group, String head, List<ResultRow> rows) {
    List<Double> values = new ArrayList<>();
    SortedMap<Long, List<Double>> seeds = new TreeMap<>();
    List<String> without = new ArrayList<>();
    for (ResultRow row : rows) {
      if (row.accuracy().isPresent()) {
        double accuracy = row.accuracy().get().test();
        values.add(accuracy);
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
    return new Sample(group, head, values, means, without, networks, dependent);
  }

  private static String seeds(ResultRow row) {
    long left = row.cell().seed();
    long right = row.cell().seedRight();
    return left == right ? "seed " + left : "seeds %s + %s".formatted(left, right);
  }

  @JsonProperty("summary")
  public Summary summary() {
    return Summary.of(values);
  }
}
