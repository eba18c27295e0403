package org.bilateralbrain.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bilateralbrain.store.CorrectImages;
import org.bilateralbrain.store.Metrics;
import org.junit.jupiter.api.Test;

class ContrastTest {

  /** SciPy 1.17: mannwhitneyu(x, y).statistic / (n m). */
  @Test
  void theProbabilityOfImprovementIsThatOfMannAndWhitney() {
    assertThat(
            Contrast.probabilityOfImprovement(
                List.of(0.71, 0.72, 0.69, 0.705), List.of(0.66, 0.70, 0.68)))
        .isCloseTo(0.9166667, within(1e-6));
    assertThat(Contrast.probabilityOfImprovement(List.of(0.1, 0.2, 0.2), List.of(0.2, 0.1)))
        .as("ties count half")
        .isCloseTo(0.5833333, within(1e-6));
    assertThat(Contrast.probabilityOfImprovement(List.of(), List.of(0.2))).isNaN();
  }

  @Test
  void pValuesAreCorrectedForTheNumberOfNamedContrastsAlone() {
    List<ResultRow> rows = new ArrayList<>();
    for (int seed = 0; seed < 4; seed++) {
      rows.add(Rows.of("bilateral-specialised", seed, Optional.of(0.60 + 0.01 * seed)));
      rows.add(Rows.of("bilateral-unspecialised", seed, Optional.of(0.58 + 0.01 * seed)));
      rows.add(Rows.of("unilateral-both", seed, Optional.of(0.57 + 0.012 * seed)));
    }
    Contrasts one = contrasts(named("bilateral-specialised", "unilateral-both"));
    Contrasts two =
        contrasts(
            named("bilateral-specialised", "unilateral-both"),
            named("bilateral-specialised", "bilateral-unspecialised"));

    double alone = Statistics.of(rows, one).contrasts().get(0).comparison().tTestPValue();
    List<Contrast> both = Statistics.of(rows, two).contrasts();

    assertThat(both).hasSize(2);
    assertThat(both.get(0).comparison().tTestPValue())
        .as("the smaller of two")
        .isCloseTo(2 * alone, within(1e-12));
    assertThat(Statistics.of(rows, one).comparisons()).as("all the same").hasSize(2);
  }

  @Test
  void modelsAreComparedInAVariantThatBothStillHave() {
    List<ResultRow> rows = new ArrayList<>();
    for (int seed = 0; seed < 3; seed++) {
      for (String variant : List.of("slow", "fast")) {
        rows.add(Rows.of("unilateral-both", variant, seed, Optional.of(0.5 + 0.01 * seed)));
      }
      rows.add(Rows.of("bilateral-specialised", "fast", seed, Optional.of(0.6 + 0.01 * seed)));
      rows.add(Rows.of("bilateral-unspecialised", "slow", seed, Optional.of(0.6 + 0.01 * seed)));
    }
    Contrasts contrasts =
        contrasts(
            named("bilateral-specialised", "unilateral-both"),
            named("bilateral-specialised", "bilateral-unspecialised"));

    assertThat(Statistics.of(rows, contrasts).contrasts())
        .as("the second pair has no variant in common")
        .singleElement()
        .satisfies(
            only -> {
              assertThat(only.comparison().group().variant()).isEqualTo("fast");
              assertThat(only.comparison().baseline().variant()).isEqualTo("fast");
            });
  }

  @Test
  void theReferenceVariantIsComparedUnlessAnotherIsNamed() {
    List<ResultRow> rows = new ArrayList<>();
    for (int seed = 0; seed < 3; seed++) {
      for (String variant : List.of("symmetric", "wide")) {
        rows.add(Rows.of("unilateral-both", variant, seed, Optional.of(0.5 + 0.01 * seed)));
      }
    }
    Contrasts contrasts =
        contrasts(
            new Contrasts.Named(
                "unilateral-both",
                Optional.of("wide"),
                "unilateral-both",
                Optional.empty(),
                "fine"));

    assertThat(Statistics.of(rows, contrasts).contrasts())
        .singleElement()
        .satisfies(
            contrast -> {
              assertThat(contrast.comparison().group().variant()).isEqualTo("wide");
              assertThat(contrast.comparison().baseline().variant()).isEqualTo("symmetric");
            });
  }

  @Test
  void artifactsThatSayWhichImagesAreCorrectGiveASecondInterval() {
    List<ResultRow> rows = new ArrayList<>();
    for (int seed = 0; seed < 4; seed++) {
      rows.add(Rows.of("bilateral-specialised", seed, Optional.of(0.6 + 0.01 * seed)));
      rows.add(Rows.of("unilateral-both", seed, Optional.of(0.5 + 0.01 * seed)));
    }
    Contrasts contrasts = contrasts(named("bilateral-specialised", "unilateral-both"));

    Contrast contrast = Statistics.of(rows, contrasts).contrasts().get(0);

    assertThat(contrast.comparison().differences().mean()).isCloseTo(0.1, within(1e-12));
    assertThat(contrast.seedsAndImages().low()).isBetween(0.04, 0.09);
    assertThat(contrast.seedsAndImages().high()).isBetween(0.11, 0.16);
    assertThat(Statistics.of(rows, contrasts).contrasts().get(0))
        .as("the same each time")
        .isEqualTo(contrast);
    Metrics.Accuracy onOtherImages =
        new Metrics.Accuracy(null, 0.6, 1, 0, 0, CorrectImages.of(new BitSet(), 500));
    Metrics metrics = new Metrics(1, 1, 1, 1, 1, Map.of("fine", onOtherImages), null);
    rows.set(
        0, new ResultRow(rows.get(0).cell(), "fine", Optional.of(metrics), ResultRow.Status.DONE));
    assertThat(Statistics.of(rows, contrasts).contrasts().get(0).seedsAndImages().isKnown())
        .as("one network was tested on other images")
        .isFalse();
  }

  @Test
  void withoutNetworksOfAHeadThereIsNoContrast() {
    List<ResultRow> rows = List.of(Rows.of("bilateral-specialised", 0, Optional.of(0.5)));

    assertThat(
            Statistics.of(rows, contrasts(named("bilateral-specialised", "unilateral-both")))
                .contrasts())
        .isEmpty();
  }

  private static Contrasts.Named named(String model, String against) {
    return new Contrasts.Named(model, Optional.empty(), against, Optional.empty(), "fine");
  }

  private static Contrasts contrasts(Contrasts.Named... named) {
    return new Contrasts(List.of("unilateral-both"), "symmetric", List.of(named), 0.005);
  }
}
