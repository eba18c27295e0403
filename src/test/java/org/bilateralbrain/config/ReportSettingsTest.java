package org.bilateralbrain.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportSettingsTest {

  @TempDir Path temp;

  @Test
  void withoutContrastsTheSpecialisedNetworkIsComparedWithTheOtherModelsOfTheGrid()
      throws IOException {
    ReportSettings settings =
        report(
            "grid.models = [unilateral-fine, unilateral-coarse, unilateral-both, bilateral-specialised,"
                + " bilateral-unspecialised, bilateral-fine-fine, bilateral-coarse-coarse, ensemble]");

    assertThat(settings.contrasts())
        .allMatch(each -> each.model().equals("bilateral-specialised"))
        .extracting(each -> each.against() + " " + String.join("+", each.heads()))
        .containsExactly(
            "unilateral-fine fine",
            "unilateral-coarse coarse",
            "bilateral-unspecialised fine+coarse",
            "bilateral-fine-fine coarse",
            "bilateral-coarse-coarse fine",
            "ensemble-2 fine+coarse");
    assertThat(settings.relevantDifference()).isEqualTo(0.5);
  }

  @Test
  void anEmptyListMeansNoContrasts() throws IOException {
    assertThat(report("report.contrasts = []").contrasts()).isEmpty();
    assertThat(report("grid.models = [unilateral-fine]").contrasts()).isEmpty();
  }

  @Test
  void aModelCanBeComparedWithItselfInAnotherVariant() throws IOException {
    ReportSettings settings =
        report(
            "grid.variants { symmetric {}, wide { left.width = 80 } }, report.contrasts = [{ model = bilateral-specialised,"
                + " variant = wide, against = bilateral-specialised, heads = both }]");

    assertThat(settings.contrasts())
        .singleElement()
        .satisfies(each -> assertThat(each.variant()).contains("wide"));
  }

  @Test
  void everyMistakeIsReported() {
    assertThatThrownBy(
            () ->
                report(
                    """
                    report {
                      relevant-difference = 0
                      contrasts = [
                        { model = bilateral-specialised, against = ensemble-2, heads = both }
                        { model = unilateral-fine, against = bilateral-specialised, heads = both }
                        { model = bilateral-specialised, against = unilateral-coarse, heads = top, variant = wide }
                        { model = bilateral-specialised, against = bilateral-specialised, heads = fine }
                        { against = unilateral-fine, heads = fine, colour = red }
                        7
                      ]
                    }"""))
        .isInstanceOfSatisfying(
            InvalidConfigurationException.class,
            e ->
                assertThat(e.problems())
                    .hasSize(9)
                    .anySatisfy(
                        p ->
                            assertThat(p)
                                .contains(
                                    "contrasts[0].against is 'ensemble-2'", "unilateral-fine"))
                    .anySatisfy(
                        p ->
                            assertThat(p)
                                .contains(
                                    "contrasts[1].model is unilateral-fine, which has no coarse head"))
                    .anySatisfy(p -> assertThat(p).contains("contrasts[2].heads is 'top'"))
                    .anySatisfy(p -> assertThat(p).contains("contrasts[2].variant is 'wide'"))
                    .anySatisfy(p -> assertThat(p).contains("contrasts[3].against is the same"))
                    .anySatisfy(p -> assertThat(p).contains("contrasts[4].model is missing"))
                    .anySatisfy(p -> assertThat(p).contains("contrasts[4].colour is not a known"))
                    .anySatisfy(p -> assertThat(p).contains("contains 7; expected objects"))
                    .anySatisfy(
                        p -> assertThat(p).contains("relevant-difference must be greater")));
  }

  private ReportSettings report(String settings) throws IOException {
    Path file =
        Files.writeString(
            temp.resolve("test.conf"), "bilateral { name = test\n" + settings + "\n}");
    return SweepConfig.load(file.toFile(), List.of()).report();
  }
}
