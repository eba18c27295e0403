package org.bilateralbrain.report.page;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.bilateralbrain.report.Analyses;
import org.bilateralbrain.report.Analyses.OfNetwork;
import org.bilateralbrain.report.Html;
import org.bilateralbrain.report.RequestedMaps;
import org.bilateralbrain.statistics.Group;
import org.bilateralbrain.store.AnalysisFile.Example;
import org.bilateralbrain.store.AnalysisFile.Split;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.DamagedArtifactException;
import org.bilateralbrain.store.SaliencyFile;
import org.bilateralbrain.store.SweepPlanFile;

/**
 * Pictures of saliency maps: an image of each case of right and wrong predictions, and the images
 * that were requested.
 */
final class SaliencyExamples {

  private static final String DEPTHS =
      " Above: Grad-CAM on the maps in the middle of the hemispheres (in ResNet-9 the first residual block); below: on the"
          + " last ones (the second residual block).";

  /** More would make the page too large for a mail; the files have all. */
  private static final int MAX_IMAGES = 12;

  private SaliencyExamples() {}

  /** An image of each case. */
  static String html(OfNetwork network) throws IOException {
    StringBuilder html =
        new StringBuilder(
            Html.note(
                ("The first test image of each case of right and wrong predictions that occurs (%s, %s, seed %s). From left"
                            + " to right: the image, then what supports the prediction of the left hemisphere alone, of the"
                            + " right one alone, and the fine and the coarse prediction of the whole network.")
                        .formatted(
                            network.cell().model(), network.cell().variant(), network.cell().seed())
                    + DEPTHS));
    html.append("<div class='examples'>");
    List<Example> byCase =
        network.analysis().examples().stream()
            .sorted(Comparator.comparingInt(each -> -each.splitCase()))
            .toList();
    for (Example example : byCase) {
      html.append(figure(network.artifact(), example.picture(), caption(example)));
    }
    return html.append("</div>\n").toString();
  }

  private static String caption(Example example) {
    int split = example.splitCase();
    return "<b>%s</b> (%s). Left alone: %s. Right alone: %s. Whole network: %s, %s."
        .formatted(
            name(example.picture().truth().get(0)),
            name(example.picture().truth().get(1)),
            answer(example.left(), Split.leftIsRight(split)),
            answer(example.right(), Split.rightIsRight(split)),
            answer(example.fine(), Split.fineIsRight(split)),
            answer(example.coarse(), Split.coarseIsRight(split)));
  }

  /** The requested images, by each model's first network of the variant that figures show. */
  static String html(RequestedMaps requested, Analyses analyses) throws IOException {
    List<RequestedMaps.OfNetwork> shown = shown(requested, analyses);
    TreeSet<Integer> images = new TreeSet<>();
    shown.forEach(each -> each.pictures().forEach(picture -> images.add(picture.image())));
    StringBuilder html = new StringBuilder(Html.note(note(images.size())));
    for (int image : images.stream().limit(MAX_IMAGES).toList()) {
      html.append(image(image, shown));
    }
    return html.toString();
  }

  private static String image(int image, List<RequestedMaps.OfNetwork> networks)
      throws IOException {
    String title = "";
    StringBuilder figures = new StringBuilder();
    for (RequestedMaps.OfNetwork network : networks) {
      for (SaliencyFile.Picture picture : network.pictures()) {
        if (picture.image() == image) {
          title = "%s (%s)".formatted(name(picture.truth().get(0)), name(picture.truth().get(1)));
          figures.append(figure(network.artifact(), picture, caption(network, picture)));
        }
      }
    }
    return "<h3>Test image %s: %s</h3>%n<div class='pictures'>%s</div>%n"
        .formatted(image, title, figures);
  }

  private static List<RequestedMaps.OfNetwork> shown(RequestedMaps requested, Analyses analyses) {
    Map<Group, SweepPlanFile.GridPoint> first = new HashMap<>();
    List<RequestedMaps.OfNetwork> shown = new ArrayList<>();
    for (Group group : analyses.groups().keySet()) {
      if (analyses.pictured(group.model()).equals(Optional.of(group))) {
        for (RequestedMaps.OfNetwork each : requested.artifacts()) {
          if (Group.of(each.cell()).equals(group)
              && first.computeIfAbsent(group, any -> each.cell()).equals(each.cell())) {
            shown.add(each);
          }
        }
      }
    }
    return shown;
  }

  private static String caption(RequestedMaps.OfNetwork network, SaliencyFile.Picture picture) {
    SaliencyFile.Column whole = picture.columns().get(picture.columns().size() - 1);
    List<String> columns = picture.columns().stream().map(SaliencyFile.Column::shows).toList();
    return "<b>%s</b>, %s: %s%s"
        .formatted(
            Html.escaped(network.cell().model()),
            whole.head(),
            answer(whole.name(), whole.right()),
            columns.size() == 1
                ? ""
                : "<br>image, %s".formatted(Html.escaped(String.join(", ", columns))));
  }

  private static String note(int images) {
    return "What supports the prediction of each head, beside the image. Where a network has two hemispheres or several"
        + " members, their maps come first; they add up to the last column, and have the same scale."
        + DEPTHS
        + " Each model's first seed of the variant that figures show."
        + (images > MAX_IMAGES
            ? " %s of %s images; analysis/saliency.csv lists the pictures of all."
                .formatted(MAX_IMAGES, images)
            : "");
  }

  /** Empty if the picture is damaged: the next run of analyse makes it again. */
  private static String figure(Artifact artifact, SaliencyFile.Picture picture, String caption)
      throws IOException {
    try {
      int width = (picture.columns().size() + 1) * 100 - 4;
      return """
          <figure style="width: min(100%%, %spx)"><img src="data:image/png;base64,%s" width="%s" height="196" alt="Test image %s, %s, and its saliency maps">
          <figcaption>%s</figcaption></figure>
          """
          .formatted(
              width,
              Base64.getEncoder().encodeToString(artifact.read(picture.file())),
              width,
              picture.image(),
              name(picture.truth().get(0)),
              caption);
    } catch (DamagedArtifactException e) {
      return "";
    }
  }

  private static String name(String label) {
    return Html.escaped(Html.name(label));
  }

  private static String answer(String label, boolean right) {
    return name(label)
        + (right ? " <span class='right'>(right)</span>" : " <span class='wrong'>(wrong)</span>");
  }
}
