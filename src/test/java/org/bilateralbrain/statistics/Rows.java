package org.bilateralbrain.statistics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bilateralbrain.store.Accuracies;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.SweepPlanFile;

/** Results of networks that were never trained. */
public final class Rows {

  private Rows() {}

  /** Of two models, one accuracy for each seed from 0. */
  public static List<ResultRow> ofSweep(double[] specialised, double[] both) {
    List<ResultRow> rows = new ArrayList<>();
    for (int seed = 0; seed < specialised.length; seed++) {
      rows.add(of("bilateral-specialised", seed, Optional.of(specialised[seed])));
    }
    for (int seed = 0; seed < both.length; seed++) {
      rows.add(of("unilateral-both", seed, Optional.of(both[seed])));
    }
    return rows;
  }

  public static ResultRow of(String model, int seed, Optional<Double> accuracy) {
    return of(model, "symmetric", seed, accuracy);
  }

  public static ResultRow of(String model, String variant, int seed, Optional<Double> accuracy) {
    return of(model, variant, seed, seed, model + variant + seed, accuracy);
  }

  public static ResultRow of(
      String model, String variant, int seed, int seedRight, String id, Optional<Double> accuracy) {
    return of(model, variant, seed, seedRight, id, List.of(id), accuracy);
  }

  /** With its own parts. */
  static ResultRow of(String model, int seed, double accuracy, String... parts) {
    return of(
        model,
        "symmetric",
        seed,
        seed,
        model + String.join("+", parts),
        List.of(parts),
        Optional.of(accuracy));
  }

  public static ResultRow of(
      String model,
      String variant,
      int seed,
      int seedRight,
      String id,
      List<String> parts,
      Optional<Double> accuracy) {
    SweepPlanFile.GridPoint cell =
        new SweepPlanFile.GridPoint(
            model,
            variant,
            "resnet9",
            "resnet9",
            seed,
            seedRight,
            List.of("fine"),
            "bilateral",
            id,
            parts);
    Optional<Metrics> metrics =
        accuracy.map(
            test -> new Metrics(1, 1, 1, 1, 1, Map.of("fine", Accuracies.of(null, test)), null));
    return new ResultRow(
        cell,
        "fine",
        metrics,
        accuracy.isPresent() ? ResultRow.Status.DONE : ResultRow.Status.FAILED);
  }
}
