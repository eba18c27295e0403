package org.bilateralbrain.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bilateralbrain.store.Accuracies;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.SweepPlanFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SelectionTest {

  private final List<ResultRow> rows = new ArrayList<>();

  @Test
  void eachModelIsShownInTheVariantOfHighestMeanValidationAccuracy() {
    add("unilateral-fine", "slow", 0, 0.4, 0.9);
    add("unilateral-fine", "slow", 1, 0.5, 0.9);
    add("unilateral-fine", "fast", 0, 0.7, 0.1);
    add("unilateral-fine", "fast", 1, 0.6, 0.2);
    add("unilateral-both", "slow", 0, 0.8, 0.3);
    add("unilateral-both", "fast", 0, 0.2, 0.4);

    Selection selection = Selection.byValidation(rows);

    assertThat(selection.choices())
        .extracting(choice -> choice.chosen().model() + " " + choice.chosen().variant())
        .containsExactly("unilateral-fine fast", "unilateral-both slow");
    assertThat(selection.choices().get(0).validation()).isCloseTo(0.65, within(1e-12));
    assertThat(selection.choices().get(0).networks()).isEqualTo(2);
    assertThat(selection.choices()).allMatch(choice -> choice.trials() == 2);
    assertThat(selection.rows())
        .extracting(ResultRow::testAccuracy)
        .as("the test accuracy has no say")
        .containsExactly(0.1, 0.2, 0.3);
    assertThat(selection.rows()).allMatch(row -> row.cell().variant().equals("selected"));
  }

  @Test
  void ofEqualVariantsTheFirstIsChosen() {
    add("unilateral-fine", "b", 0, 0.5, 0.1);
    add("unilateral-fine", "a", 0, 0.5, 0.2);

    assertThat(Selection.byValidation(rows).choices().get(0).chosen().variant()).isEqualTo("b");
  }

  @Test
  void aVariantWithoutResultsIsNoTrialAndWithoutValidationThereIsNoChoice() {
    add("unilateral-fine", "done", 0, 0.5, 0.1);
    rows.add(row("unilateral-fine", "missing", 0, Optional.empty()));
    add("unilateral-both", "done", 0, null, 0.2);

    Selection selection = Selection.byValidation(rows);

    assertThat(selection.choices())
        .singleElement()
        .satisfies(choice -> assertThat(choice.trials()).isEqualTo(1));
  }

  @ParameterizedTest
  @EnumSource(
      value = ResultRow.Status.class,
      names = {"PRUNED", "FAILED", "BLOCKED"})
  void aVariantThatHasLostANetworkIsNeverChosen(ResultRow.Status lost) {
    add("unilateral-fine", "slow", 0, 0.5, 0.1);
    add("unilateral-fine", "fast", 0, 0.9, 0.2);
    rows.add(
        new ResultRow(
            row("unilateral-fine", "fast", 1, Optional.empty()).cell(),
            "fine",
            Optional.empty(),
            lost));

    assertThat(Selection.byValidation(rows).choices())
        .singleElement()
        .satisfies(choice -> assertThat(choice.chosen().variant()).isEqualTo("slow"));
  }

  private void add(
      String model, String variant, int seed, @Nullable Double validation, double test) {
    Metrics metrics =
        new Metrics(1, 1, 1, 1, 1, Map.of("fine", Accuracies.of(validation, test)), null);
    rows.add(row(model, variant, seed, Optional.of(metrics)));
  }

  private static ResultRow row(String model, String variant, int seed, Optional<Metrics> metrics) {
    String id = model + variant + seed;
    SweepPlanFile.GridPoint cell =
        new SweepPlanFile.GridPoint(
            model,
            variant,
            "resnet9",
            "",
            seed,
            seed,
            List.of("fine"),
            "hemisphere",
            id,
            List.of(id));
    return new ResultRow(
        cell,
        "fine",
        metrics,
        metrics.isPresent() ? ResultRow.Status.DONE : ResultRow.Status.MISSING);
  }
}
