package org.bilateralbrain.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import org.bilateralbrain.store.Metrics;

/**
 * {@code results.csv}: one row for each trained network and head; accuracies in 0..1 with all their
 * digits.
 */
public final class ResultsCsv {

  public static final String FILE_NAME = "results.csv";

  private static final String HEADER =
      "sweep,model,variant,backbone_left,backbone_right,seed,head,validation_accuracy,test_accuracy,epochs,best_epoch,"
          + "train_seconds,images_per_second,parameters,artifact,status,seed_right,plan";

  private ResultsCsv() {}

  /**
   * Names contain no commas or quotes, so that nothing needs quoting.
   *
   * @param plan hash of the plan that the rows are of
   */
  public static String of(String sweep, String plan, List<ResultRow> rows) {
    StringBuilder csv = new StringBuilder(HEADER).append('\n');
    for (ResultRow row : rows) {
      Optional<Metrics> metrics = row.metrics();
      StringJoiner line = new StringJoiner(",", "", "\n");
      line.add(sweep)
          .add(row.cell().model())
          .add(row.cell().variant())
          .add(row.cell().backboneLeft())
          .add(row.cell().backboneRight())
          .add(Long.toString(row.cell().seed()))
          .add(row.head())
          .add(row.accuracy().map(Metrics.Accuracy::validation).map(Object::toString).orElse(""))
          .add(row.accuracy().map(Metrics.Accuracy::test).map(Object::toString).orElse(""))
          .add(metrics.map(m -> Integer.toString(m.epochs())).orElse(""))
          .add(metrics.map(m -> Integer.toString(m.bestEpoch())).orElse(""))
          .add(metrics.map(m -> String.format(Locale.ROOT, "%.3f", m.trainSeconds())).orElse(""))
          .add(metrics.map(m -> String.format(Locale.ROOT, "%.1f", m.imagesPerSecond())).orElse(""))
          .add(metrics.map(m -> Long.toString(m.parameters())).orElse(""))
          .add(metrics.isPresent() ? row.cell().artifact().toString() : "")
          .add(row.status().name())
          .add(Long.toString(row.cell().seedRight()))
          .add(plan);
      csv.append(line);
    }
    return csv.toString();
  }
}
