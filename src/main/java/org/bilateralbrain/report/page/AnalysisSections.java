package org.bilateralbrain.report.page;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bilateralbrain.report.Analyses;
import org.bilateralbrain.report.Analyses.OfNetwork;
import org.bilateralbrain.report.AnalysisText;
import org.bilateralbrain.report.Html;
import org.bilateralbrain.store.AnalysisFile;

/**
 * What the networks do with the test images, as sections of a page. Of several variants the
 * pictures show the plain one.
 */
final class AnalysisSections {

  private static final List<String> PICTURED =
      List.of(
          "unilateral-fine",
          "unilateral-coarse",
          "bilateral-unspecialised",
          "bilateral-specialised");
  private static final String BILATERAL = "bilateral-specialised";

  private final Analyses analyses;
  private final Map<String, List<OfNetwork>> byModel = new LinkedHashMap<>();
  private final Map<String, String> sections = new LinkedHashMap<>();

  private AnalysisSections(Analyses analyses) {
    this.analyses = analyses;
    for (String model : PICTURED) {
      analyses.plain(model).ifPresent(group -> byModel.put(model, analyses.groups().get(group)));
    }
  }

  /** By title; none if nothing has been analysed. */
  static Map<String, String> of(Analyses analyses) throws IOException {
    AnalysisSections sections = new AnalysisSections(analyses);
    sections.superclasses("fine");
    sections.superclasses("coarse");
    sections.confusions();
    sections.split();
    sections.similarity();
    String reliance = new AnalysisText(analyses).relianceHtml();
    if (!reliance.isEmpty()) {
      sections.sections.put(
          "How much each head relies on each hemisphere",
          reliance
              + Html.note(
                  "Frobenius norm of the weights that read each hemisphere's features; accuracy (%), and with one"
                      + " hemisphere's features set to zero."));
    }
    return sections.sections;
  }

  private void superclasses(String head) {
    Map<String, double[]> accuracies = new LinkedHashMap<>();
    List<String> names = new ArrayList<>();
    byModel.forEach(
        (model, networks) -> {
          List<AnalysisFile> of = withHead(networks, head);
          if (!of.isEmpty()) {
            accuracies.put(model, accuracies(of, head));
            names.addAll(names.isEmpty() ? of.get(0).superclasses() : List.of());
          }
        });
    if (!accuracies.isEmpty()) {
      sections.put(
          "Accuracy by superclass, %s labels".formatted(head),
          SuperclassFigure.svg(head, names, accuracies)
              + Html.note(
                  "Means over seeds%s. Left hemispheres are unilateral-fine, right ones unilateral-coarse."
                      .formatted(shown())));
    }
  }

  /** Which networks the pictures are of. */
  private String shown() {
    return analyses
        .plain(BILATERAL)
        .map(group -> " of the variant %s, %s".formatted(group.variant(), group.backbone()))
        .orElse("");
  }

  private static List<AnalysisFile> withHead(List<OfNetwork> networks, String head) {
    return networks.stream()
        .map(OfNetwork::analysis)
        .filter(each -> each.heads().containsKey(head))
        .toList();
  }

  private static double[] accuracies(List<AnalysisFile> analyses, String head) {
    double[] means = new double[analyses.get(0).superclasses().size()];
    for (AnalysisFile analysis : analyses) {
      AnalysisFile.OfHead of = analysis.heads().get(head);
      for (int superclass = 0; superclass < means.length; superclass++) {
        int images = Arrays.stream(of.superclasses()[superclass]).sum();
        means[superclass] +=
            images == 0
                ? 0
                : (double) of.rightBySuperclass()[superclass] / images / analyses.size();
      }
    }
    return means;
  }

  private void confusions() {
    StringBuilder maps = new StringBuilder();
    confusion(
        "The left hemisphere (fine answers, as superclasses)", "unilateral-fine", "fine", maps);
    confusion("The right hemisphere", "unilateral-coarse", "coarse", maps);
    confusion("The bilateral network, coarse head", BILATERAL, "coarse", maps);
    if (!maps.isEmpty()) {
      sections.put(
          "Confusion between superclasses",
          "<div class='panels'>%s</div>".formatted(maps)
              + Html.note(
                  "Rows: what an image shows; columns, in the same order: what it was taken for. Darker is more often. Means over"
                      + " seeds%s.".formatted(shown())));
    }
  }

  private void confusion(String title, String model, String head, StringBuilder maps) {
    List<AnalysisFile> of = withHead(byModel.getOrDefault(model, List.of()), head);
    if (!of.isEmpty()) {
      maps.append(ConfusionMap.html(title, head, of));
    }
  }

  private void split() throws IOException {
    String table = new AnalysisText(analyses).splitHtml();
    if (!table.isEmpty()) {
      sections.put(
          "Which answers are right: left and right hemisphere alone, and the whole",
          table
              + Html.note(
                  "% of the test images, mean ± deviation over seeds, of " + BILATERAL + "."));
    }
    Optional<OfNetwork> shown =
        byModel.getOrDefault(BILATERAL, List.of()).stream()
            .filter(each -> !each.analysis().examples().isEmpty())
            .findFirst();
    if (shown.isPresent()) {
      sections.put("Where the hemispheres look", SaliencyExamples.html(shown.get()));
    }
  }

  private void similarity() {
    String table = new AnalysisText(analyses).similarityHtml();
    if (table.isEmpty()) {
      return;
    }
    StringBuilder maps = new StringBuilder();
    for (String model : List.of(BILATERAL, "bilateral-unspecialised")) {
      List<int[][]> joints =
          byModel.getOrDefault(model, List.of()).stream()
              .filter(each -> each.analysis().similarity() != null)
              .map(each -> each.analysis().similarity().joint())
              .toList();
      if (!joints.isEmpty()) {
        maps.append("<div><h3>%s</h3>".formatted(model));
        maps.append(
            HeatMap.svg(
                "Joint distribution of the similarities of two images of one class, " + model,
                densities(joints),
                List.of(),
                "similarity in the left hemisphere",
                "similarity in the right hemisphere"));
        maps.append("</div>\n");
      }
    }
    sections.put(
        "How alike images are to each hemisphere",
        table
            + Html.note(
                "Cosine similarity between the features of two test images: of one class, of two classes of one superclass,"
                    + " of two superclasses; mean ± deviation over seeds.")
            + "<div class='panels'>%s</div>".formatted(maps)
            + Html.note(
                "Pairs of images of one class, by their similarity to either hemisphere, from 0 (bottom, left) to 1 (top, right);"
                    + " all seeds%s.".formatted(shown())));
  }

  /** As shares of the most frequent cell, the least similar row last. */
  private static double[][] densities(List<int[][]> joints) {
    double[][] sum = new double[joints.get(0).length][joints.get(0).length];
    double most = 0;
    for (int[][] joint : joints) {
      for (int row = 0; row < sum.length; row++) {
        for (int column = 0; column < sum.length; column++) {
          double pairs = sum[sum.length - 1 - row][column] += joint[row][column];
          most = Math.max(most, pairs);
        }
      }
    }
    for (double[] row : sum) {
      for (int column = 0; column < sum.length; column++) {
        row[column] = most == 0 ? 0 : row[column] / most;
      }
    }
    return sum;
  }
}
