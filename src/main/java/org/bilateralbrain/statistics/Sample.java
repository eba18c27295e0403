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
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Heads;

/**
 * The test accuracies of a group's networks with one kind of head, in 0..1.
 *
 * @param rows networks that have a result
 * @param summary of their accuracies
 * @param without networks without a result: "seed 2 FAILED"
 * @param networks all of them, including those without a result
 */
@JsonPropertyOrder({"group", "head", "summary", "values", "without"})
public record Sample(
    @JsonProperty("group") Group group,
    @JsonProperty("head") String head,
    @JsonIgnore List<ResultRow> rows,
    @JsonProperty("summary") Summary summary,
    @JsonProperty("without") List<String> without,
    @JsonIgnore Set<ArtifactKey> networks) {

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

  /** The samples of each group by head, in their order: the lines of a table. */
  public static Map<Group, Map<String, Sample>> lines(List<Sample> samples) {
    Map<Group, Map<String, Sample>> lines = new LinkedHashMap<>();
    for (Sample sample : samples) {
      lines
          .computeIfAbsent(sample.group(), any -> new LinkedHashMap<>())
          .put(sample.head(), sample);
    }
    return lines;
  }

  private static Sample of(Group group, String head, List<ResultRow> rows) {
    List<ResultRow> done = rows.stream().filter(row -> row.accuracy().isPresent()).toList();
    List<String> without =
        rows.stream()
            .filter(row -> row.accuracy().isEmpty())
            .map(row -> "%s %s".formatted(seeds(row), row.status()))
            .toList();
    Set<ArtifactKey> networks =
        rows.stream().map(row -> row.cell().artifact()).collect(Collectors.toSet());
    return new Sample(group, head, done, Summary.of(Observation.of(done)), without, networks);
  }

  private static String seeds(ResultRow row) {
    long left = row.cell().seed();
    long right = row.cell().seedRight();
    return left == right ? "seed " + left : "seeds %s + %s".formatted(left, right);
  }

  @JsonProperty("quality")
  public Quality quality() {
    return Quality.of(rows);
  }

  @JsonProperty("values")
  public List<Double> values() {
    return rows.stream().map(ResultRow::testAccuracy).toList();
  }
}
