package org.bilateralbrain.statistics;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.bilateralbrain.store.SweepPlanFile;

/**
 * Each model in the variant that is best on validation, as if its settings had been tuned. Every
 * model chooses among the same variants, so that none has had more trials than another. Variants of
 * which a network was pruned, or has failed, are never chosen.
 *
 * @param choices in the order of the rows
 * @param rows those of the chosen variants, all of which are called {@link #VARIANT} here
 */
public record Selection(List<Choice> choices, List<ResultRow> rows) {

  /** What the chosen variants are called, so that those of different models can be compared. */
  public static final String VARIANT = "selected";

  /** Of networks without which a variant would look better than it is. */
  private static final Set<ResultRow.Status> LOST =
      Set.of(ResultRow.Status.PRUNED, ResultRow.Status.FAILED, ResultRow.Status.BLOCKED);

  /**
   * A model's best variant.
   *
   * @param chosen the model, the variant's own name, and its backbones
   * @param trials number of variants with a result that it was chosen from
   * @param validation mean validation accuracy over heads and networks, in 0..1
   * @param networks number of networks in that mean
   */
  public record Choice(
      @JsonUnwrapped Group chosen,
      @JsonProperty("trials") int trials,
      @JsonProperty("validation") double validation,
      @JsonProperty("networks") int networks) {}

  /** What variants of one model with the same backbones have in common. */
  private record Kind(String model, List<String> backbones) {}

  /** Selects by the rows that have a validation accuracy; there is no choice if none has. */
  public static Selection byValidation(List<ResultRow> rows) {
    Map<Kind, Map<Group, List<ResultRow>>> kinds = new LinkedHashMap<>();
    for (ResultRow row : rows) {
      Group group = Group.of(row.cell());
      kinds
          .computeIfAbsent(new Kind(group.model(), group.backbones()), any -> new LinkedHashMap<>())
          .computeIfAbsent(group, any -> new ArrayList<>())
          .add(row);
    }
    List<Choice> choices = new ArrayList<>();
    List<ResultRow> selected = new ArrayList<>();
    for (Map<Group, List<ResultRow>> variants : kinds.values()) {
      List<Choice> trials =
          variants.entrySet().stream()
              .map(variant -> choice(variant.getKey(), variant.getValue()))
              .filter(choice -> choice.networks() > 0)
              .filter(choice -> isWhole(Objects.requireNonNull(variants.get(choice.chosen()))))
              .toList();
      trials.stream()
          .max(
              Comparator.comparingDouble(Choice::validation)
                  .thenComparing(choice -> -trials.indexOf(choice))) // the first of equal ones
          .ifPresent(
              best -> {
                choices.add(
                    new Choice(best.chosen(), trials.size(), best.validation(), best.networks()));
                Objects.requireNonNull(variants.get(best.chosen()))
                    .forEach(row -> selected.add(renamed(row)));
              });
    }
    return new Selection(choices, selected);
  }

  private static boolean isWhole(List<ResultRow> rows) {
    return rows.stream().noneMatch(row -> LOST.contains(row.status()));
  }

  private static Choice choice(Group group, List<ResultRow> rows) {
    List<ResultRow> validated =
        rows.stream()
            .filter(row -> row.accuracy().map(of -> of.validation() != null).orElse(false))
            .toList();
    double mean =
        validated.stream()
            .collect(Collectors.averagingDouble(row -> row.accuracy().orElseThrow().validation()));
    int networks = (int) validated.stream().map(row -> row.cell().artifact()).distinct().count();
    return new Choice(group, 1, mean, networks);
  }

  private static ResultRow renamed(ResultRow row) {
    SweepPlanFile.GridPoint cell = row.cell().withVariant(VARIANT);
    return new ResultRow(cell, row.head(), row.metrics(), row.status(), row.pruned());
  }
}
