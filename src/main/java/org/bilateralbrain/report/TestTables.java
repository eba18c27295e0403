package org.bilateralbrain.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bilateralbrain.data.Hierarchy;
import org.bilateralbrain.store.Csv;
import org.bilateralbrain.store.Heads;
import org.bilateralbrain.store.TestResult;

/**
 * Test results as tables: {@code test.csv} with a row for each network and head, {@code
 * classes.csv} with one for each class.
 */
public final class TestTables {

  public static final String NETWORKS = "test.csv";
  public static final String CLASSES = "classes.csv";

  private TestTables() {}

  /**
   * @param plan hash of the plan that the networks are of
   * @param results by the networks' names
   */
  public static String networks(String plan, Map<String, TestResult> results) {
    StringBuilder csv =
        new StringBuilder(
            "network,head,images,top1,top5,plan,loss,calibration_error,consistency\n");
    results.forEach(
        (network, result) ->
            result
                .heads()
                .forEach(
                    (head, of) ->
                        csv.append(
                            Csv.line(
                                network,
                                head,
                                of.images(),
                                of.top1(),
                                of.top5(),
                                plan,
                                of.loss(),
                                of.calibration().expectedError(),
                                result.consistency()))));
    return csv.toString();
  }

  /** Accuracy by class of a head's own labels, and by superclass of the images. */
  public static String classes(String plan, Map<String, TestResult> results, Hierarchy hierarchy) {
    StringBuilder csv = new StringBuilder("network,head,level,label,name,images,accuracy,plan\n");
    results.forEach(
        (network, result) ->
            result
                .heads()
                .forEach(
                    (head, of) -> {
                      boolean fine = head.equals(Heads.FINE);
                      if (fine) {
                        append(
                            csv, plan, network, head, "class", of.byClass(), hierarchy.fineNames());
                      }
                      append(
                          csv,
                          plan,
                          network,
                          head,
                          "superclass",
                          of.bySuperclass(),
                          hierarchy.coarseNames());
                    }));
    return csv.toString();
  }

  private static void append(
      StringBuilder csv,
      String plan,
      String network,
      String head,
      String level,
      TestResult.Counts counts,
      List<String> names) {
    for (int label = 0; label < counts.images().length; label++) {
      int images = counts.images()[label];
      double accuracy = images == 0 ? Double.NaN : (double) counts.right()[label] / images;
      csv.append(Csv.line(network, head, level, label, names.get(label), images, accuracy, plan));
    }
  }

  /** Aligned, in percent. */
  public static String text(Map<String, TestResult> results) {
    int width = results.keySet().stream().mapToInt(String::length).max().orElse(0);
    StringBuilder table =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%-" + Math.max(7, width) + "s  %-6s  %7s  %7s  %6s  %7s%n",
                "network",
                "head",
                "top-1 %",
                "top-5 %",
                "loss",
                "calib."));
    results.forEach(
        (network, result) ->
            result
                .heads()
                .forEach(
                    (head, of) ->
                        table.append(
                            String.format(
                                Locale.ROOT,
                                "%-" + Math.max(7, width) + "s  %-6s  %7.2f  %7.2f  %6.3f  %7.4f%n",
                                network,
                                head,
                                100 * of.top1(),
                                100 * of.top5(),
                                of.loss(),
                                of.calibration().expectedError()))));
    return table.toString();
  }
}
