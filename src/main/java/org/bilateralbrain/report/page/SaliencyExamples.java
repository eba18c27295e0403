package org.bilateralbrain.report.page;

import java.io.IOException;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import org.bilateralbrain.report.Analyses.OfNetwork;
import org.bilateralbrain.report.Html;
import org.bilateralbrain.store.AnalysisFile.Example;
import org.bilateralbrain.store.AnalysisFile.Split;
import org.bilateralbrain.store.DamagedArtifactException;

/** An image of each case of right and wrong predictions, with saliency maps. */
final class SaliencyExamples {

  private SaliencyExamples() {}

  static String html(OfNetwork network) throws IOException {
    StringBuilder examples = new StringBuilder("<div class='examples'>");
    List<Example> byCase =
        network.analysis().examples().stream()
            .sorted(Comparator.comparingInt(each -> -each.splitCase()))
            .toList();
    for (Example example : byCase) {
      try {
        String png = Base64.getEncoder().encodeToString(network.artifact().read(example.file()));
        examples.append(
            """
            <figure><img src="data:image/png;base64,%s" width="396" height="96" alt="Test image %s, %s, and saliency maps of the left hemisphere, the right hemisphere and the whole network">
            <figcaption><b>%s</b> (%s). Left alone: %s %s. Right alone: %s %s. Whole network: %s %s, %s %s.</figcaption></figure>
            """
                .formatted(
                    png,
                    example.image(),
                    Html.escaped(Html.name(example.truth().get(0))),
                    Html.escaped(Html.name(example.truth().get(0))),
                    Html.escaped(Html.name(example.truth().get(1))),
                    Html.escaped(Html.name(example.left())),
                    tick(Split.leftIsRight(example.splitCase())),
                    Html.escaped(Html.name(example.right())),
                    tick(Split.rightIsRight(example.splitCase())),
                    Html.escaped(Html.name(example.fine())),
                    tick(Split.fineIsRight(example.splitCase())),
                    Html.escaped(Html.name(example.coarse())),
                    tick(Split.coarseIsRight(example.splitCase()))));
      } catch (DamagedArtifactException e) {
        // skipped; the next run of analyse makes it again
      }
    }
    return examples.append("</div>\n")
        + Html.note(
            ("The first test image of each case of right and wrong predictions that occurs (%s, %s, seed %s): the image, then"
                    + " Grad-CAM on the hemispheres' last feature maps for the prediction of the left hemisphere alone, of the"
                    + " right hemisphere alone, and for the fine prediction of the whole network.")
                .formatted(
                    network.cell().model(), network.cell().variant(), network.cell().seed()));
  }

  private static String tick(boolean right) {
    return right ? "<span class='right'>(right)</span>" : "<span class='wrong'>(wrong)</span>";
  }
}
