package org.bilateralbrain.report.page;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bilateralbrain.config.Model;
import org.bilateralbrain.report.Analyses;
import org.bilateralbrain.report.Analyses.OfNetwork;
import org.bilateralbrain.report.AnalysisText;
import org.bilateralbrain.report.Html;
import org.bilateralbrain.report.RequestedMaps;
import org.bilateralbrain.store.AnalysisFile;
import org.bilateralbrain.store.Heads;

/**
 * The analyses of a sweep's networks on the test images, as sections of a page. The figures show
 * one variant.
 */
final class AnalysisSections {

  private static final String LEFT = Model.UNILATERAL_FINE.label();
  private static final String RIGHT = Model.UNILATERAL_COARSE.label();
  private static final String UNSPECIALISED = Model.BILATERAL_UNSPECIALISED.label();
  private static final String SPECIALISED = Model.BILATERAL_SPECIALISED.label();

  private final Analyses analyses;
  private final Map<String, List<OfNetwork>> byModel = new LinkedHashMap<>();
  private final Map<String, String> sections = new LinkedHashMap<>();

  private AnalysisSections(Analyses analyses) {
    this.analyses = analyses;
    for (String model : List.of(LEFT, RIGHT, UNSPECIALISED, SPECIALISED)) {
      analyses.pictured(model).ifPresent(group -> byModel.put(model, analyses.groups().get(group)));
    }
  }

  /** By title; none if nothing has been analysed. */
  static Map<String, String> of(Analyses analyses, RequestedMaps requested) throws IOException {
    AnalysisSections sections = new AnalysisSections(analyses);
    Heads.ALL.forEach(sections::superclasses);
    sections.confusions();
    sections.split();
    if (!requested.artifacts().isEmpty()) {
      sections.sections.put(
          "Saliency maps of requested images", SaliencyExamples.html(requested, analyses));
    }
    sections.similarity();
    sections.similarityByCase();
    String reliance = new AnalysisText(analyses).relianceHtml();
    if (!reliance.isEmpty()) {
      sections.sections.put(
          "Reliance of each head on each hemisphere",
          reliance + Html.note(AnalysisText.RELIANCE_NOTE));
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
                  "Means over seeds%s. Left hemispheres are %s, right hemispheres %s."
                      .formatted(shown(), LEFT, RIGHT)));
    }
  }

  /** Which networks the figures show. */
  private String shown() {
    return analyses
        .pictured(SPECIALISED)
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
      AnalysisFile.OfHead of = Objects.requireNonNull(analysis.heads().get(head));
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
    confusion("Left hemisphere (superclasses of its fine predictions)", LEFT, Heads.FINE, maps);
    confusion("Right hemisphere", RIGHT, Heads.COARSE, maps);
    confusion("Bilateral network, coarse head", SPECIALISED, Heads.COARSE, maps);
    if (!maps.isEmpty()) {
      sections.put(
          "Confusion between superclasses",
          "<div class='panels'>%s</div>".formatted(maps)
              + Html.note(
                  "Rows: true superclass; columns, in the same order: predicted superclass; darker = more frequent."
                      + " Means over seeds%s.".formatted(shown())));
    }
  }

  private void confusion(String title, String model, String head, StringBuilder maps) {
    List<AnalysisFile> of = withHead(byModel.getOrDefault(model, List.of()), head);
    if (!of.isEmpty()) {
      maps.append(HeatMap.confusions(title, head, of));
    }
  }

  private void split() throws IOException {
    String table = new AnalysisText(analyses).splitHtml();
    if (!table.isEmpty()) {
      sections.put(
          "Which predictions are right: either hemisphere alone and the whole network",
          table
              + Html.note(
                  "% of the test images, mean ± standard deviation over seeds, "
                      + SPECIALISED
                      + "."));
    }
    Optional<OfNetwork> shown =
        byModel.getOrDefault(SPECIALISED, List.of()).stream()
            .filter(each -> !each.analysis().examples().isEmpty())
            .findFirst();
    if (shown.isPresent()) {
      sections.put("Saliency maps of the hemispheres", SaliencyExamples.html(shown.get()));
    }
  }

  private void similarity() {
    String table = new AnalysisText(analyses).similarityHtml();
    if (table.isEmpty()) {
      return;
    }
    StringBuilder maps = new StringBuilder();
    for (String model : List.of(SPECIALISED, UNSPECIALISED)) {
      List<int[][]> joints =
          byModel.getOrDefault(model, List.of()).stream()
              .filter(each -> each.analysis().similarity() != null)
              .map(each -> each.analysis().similarity().joint())
              .toList();
      if (!joints.isEmpty()) {
        maps.append("<div><h3>%s</h3>".formatted(model));
        maps.append(
            HeatMap.svg(
                "Joint distribution of the similarities of pairs of images of one class, " + model,
                densities(joints),
                List.of(),
                "similarity in the left hemisphere",
                "similarity in the right hemisphere"));
        maps.append("</div>\n");
      }
    }
    sections.put(
        "Similarity of images in each hemisphere",
        table
            + Html.note(AnalysisText.SIMILARITY_NOTE + " Mean ± standard deviation over seeds.")
            + "<div class='panels'>%s</div>".formatted(maps)
            + Html.note(
                "Pairs of images of one class by their similarity in the left and in the right hemisphere, from 0 to 1;"
                    + " darker = more frequent; all seeds%s.".formatted(shown())));
  }

  private void similarityByCase() {
    AnalysisText text = new AnalysisText(analyses);
    String table = text.similarityByCaseHtml();
    if (!table.isEmpty()) {
      sections.put(
          "Similarity of the images of each case",
          table + Html.note(AnalysisText.CASES_NOTE + text.casesShown()));
    }
  }

  /** Relative to the most frequent cell; the row of least similarity comes last. */
  private static double[][] densities(List<int[][]> joints) {
    double[][] sum = new double[joints.get(0).length][joints.get(0).length];
    double max = 0;
    for (int[][] joint : joints) {
      for (int row = 0; row < sum.length; row++) {
        for (int column = 0; column < sum.length; column++) {
          double pairs = sum[sum.length - 1 - row][column] += joint[row][column];
          max = Math.max(max, pairs);
        }
      }
    }
    for (double[] row : sum) {
      for (int column = 0; column < sum.length; column++) {
        row[column] = max == 0 ? 0 : row[column] / max;
      }
    }
    return sum;
  }
}
