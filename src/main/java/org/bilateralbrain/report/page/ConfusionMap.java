package org.bilateralbrain.report.page;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.bilateralbrain.report.Html;
import org.bilateralbrain.store.AnalysisFile;

/** Which superclasses are taken for which: means over networks. */
final class ConfusionMap {

  private static final int MAX_NAMED = 5;

  private ConfusionMap() {}

  /**
   * @param of networks that differ in their seeds alone, each with such a head
   */
  static String html(String title, String head, List<AnalysisFile> of) {
    List<String> names = of.get(0).superclasses();
    double[][] shares = shares(head, of, names.size());
    String words = mostFrequent(shares, names);
    return "<div><h3>%s</h3>".formatted(Html.escaped(title))
        + HeatMap.svg(
            "%s: most frequent confusions: %s".formatted(title, words),
            shares,
            names,
            "",
            "taken for")
        + Html.note("Most frequent: " + words + ".")
        + "</div>\n";
  }

  private static double[][] shares(String head, List<AnalysisFile> of, int superclasses) {
    double[][] shares = new double[superclasses][superclasses];
    for (AnalysisFile analysis : of) {
      int[][] counts = analysis.heads().get(head).superclasses();
      for (int truth = 0; truth < shares.length; truth++) {
        int images = Arrays.stream(counts[truth]).sum();
        for (int answer = 0; answer < shares.length && images > 0; answer++) {
          shares[truth][answer] += (double) counts[truth][answer] / images / of.size();
        }
      }
    }
    return shares;
  }

  private record Confused(String truth, String answer, double share) {}

  private static String mostFrequent(double[][] shares, List<String> names) {
    List<Confused> all = new ArrayList<>();
    for (int truth = 0; truth < shares.length; truth++) {
      for (int answer = 0; answer < shares.length; answer++) {
        if (answer != truth) {
          all.add(
              new Confused(
                  Html.name(names.get(truth)),
                  Html.name(names.get(answer)),
                  shares[truth][answer]));
        }
      }
    }
    return all.stream()
        .sorted(Comparator.comparingDouble(each -> -each.share()))
        .limit(MAX_NAMED)
        .map(
            each ->
                String.format(
                    Locale.ROOT,
                    "%s for %s (%.0f %%)",
                    each.truth(),
                    each.answer(),
                    100 * each.share()))
        .collect(Collectors.joining("; "));
  }
}
