package org.bilateralbrain.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bilateralbrain.config.Tuning;
import org.bilateralbrain.statistics.ResultRow;
import org.bilateralbrain.store.Accuracies;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.PrunedFile;
import org.bilateralbrain.store.SweepPlanFile;
import org.junit.jupiter.api.Test;

class TrialsTableTest {

  private static final Map<String, Tuning.Trial> TRIALS =
      Map.of(
          "a", new Tuning.Trial("symmetric", Map.of("heads.epochs", "1")),
          "b", new Tuning.Trial("symmetric", Map.of("heads.epochs", "2")),
          "c", new Tuning.Trial("symmetric", Map.of("heads.epochs", "3")),
          "d", new Tuning.Trial("symmetric", Map.of("heads.epochs", "4")));

  private final List<ResultRow> rows = new ArrayList<>();

  @Test
  void trialsAreSortedByValidationAccuracyAndTheTestAccuracyIsNotShown() {
    add("a", 0, 0.5, 0.91);
    add("b", 0, 0.7, 0.92);

    assertThat(TrialsTable.of(rows, TRIALS).markdown())
        .startsWith(
            """
            | model           | backbone | head | heads.epochs | validation % | epochs | status |
            | --------------- | -------- | ---- | ------------ | ------------ | ------ | ------ |
            | unilateral-fine | resnet9  | fine | 2            | 70.00        | 9      | done   |
            | unilateral-fine | resnet9  | fine | 1            | 50.00        | 9      | done   |
            """)
        .doesNotContain("91", "92");
  }

  @Test
  void prunedAndFailedTrialsAreShownWithWhatIsKnownOfThem() {
    add("a", 0, 0.25, 0.9);
    add("a", 1, 0.75, 0.9);
    add("b", 0, 0.5, 0.9);
    pruned("b", 1);
    rows.add(row("c", 0, Optional.empty(), ResultRow.Status.FAILED, Optional.empty()));
    rows.add(row("d", 0, Optional.empty(), ResultRow.Status.PRUNED, Optional.empty()));

    assertThat(TrialsTable.of(rows, TRIALS).csv("0123456789ab"))
        .isEqualTo(
            """
            plan,model,variant,backbone,head,heads.epochs,validation_accuracy,validation_deviation,networks,epochs,status
            0123456789ab,unilateral-fine,symmetric,resnet9,fine,1,0.5,0.3535533905932738,2,9,done
            0123456789ab,unilateral-fine,symmetric,resnet9,fine,2,0.3125,0.2651650429449553,2,3 to 9,"1 done, 1 pruned at epoch 3"
            0123456789ab,unilateral-fine,symmetric,resnet9,fine,3,,,0,,failed
            0123456789ab,unilateral-fine,symmetric,resnet9,fine,4,,,0,,pruned
            """);
  }

  @Test
  void prunedNetworksHaveARowInTheResultsAndLeaveNoMeanOfTheOtherSeedsInTheTables() {
    add("a", 0, 0.25, 0.9);
    pruned("a", 1);
    add("b", 0, 0.25, 0.8);

    SweepResults results = new SweepResults(rows);

    assertThat(results.csv("s", "0123456789ab").lines().skip(2))
        .contains("s,unilateral-fine,a,resnet9,,1,fine,0.125,,3,,,,,,PRUNED,1,0123456789ab,,,,");
    assertThat(results.missing()).isZero();
    assertThat(AccuracyTable.of("0123456789ab", rows))
        .contains("80.00 ± – (1)")
        .doesNotContain("90.00");
  }

  @Test
  void withoutASearchThereIsNoTable() {
    add("symmetric", 0, 0.5, 0.9);

    assertThat(TrialsTable.of(rows, Map.of()).markdown()).isEmpty();
  }

  private void add(String variant, int seed, double validation, double test) {
    Metrics metrics =
        new Metrics(9, 1, 1, 1, 1, Map.of("fine", Accuracies.of(validation, test)), null);
    rows.add(row(variant, seed, Optional.of(metrics), ResultRow.Status.DONE, Optional.empty()));
  }

  private void pruned(String variant, int seed) {
    PrunedFile.Job pruned =
        new PrunedFile.Job("it fell behind", Map.of("fine", 0.125), List.of(0.1, 0.2, 0.125));
    rows.add(row(variant, seed, Optional.empty(), ResultRow.Status.PRUNED, Optional.of(pruned)));
  }

  private static ResultRow row(
      String variant,
      int seed,
      Optional<Metrics> metrics,
      ResultRow.Status status,
      Optional<PrunedFile.Job> pruned) {
    String id = variant + seed;
    SweepPlanFile.GridPoint cell =
        new SweepPlanFile.GridPoint(
            "unilateral-fine",
            variant,
            "resnet9",
            "",
            seed,
            seed,
            List.of("fine"),
            "hemisphere",
            id,
            List.of(id));
    return new ResultRow(cell, "fine", metrics, status, pruned);
  }
}
