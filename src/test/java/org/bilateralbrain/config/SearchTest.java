package org.bilateralbrain.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code grid.search}: which values of {@code grid.sweep} are tried. */
class SearchTest {

  private static final String RATE =
      "sweep { \"heads.learning-rate\" = { from = 1e-4, to = 1e-1, scale = log } }";

  @TempDir Path temp;

  @Test
  void moreTrialsOnlyAdd() throws IOException {
    List<String> few = names(RATE + ", search { sampler = random, trials = 5 }");
    List<String> many = names(RATE + ", search { sampler = random, trials = 12 }");

    assertThat(few).hasSize(5);
    assertThat(many).hasSize(12).startsWith(few.toArray(String[]::new));
    assertThat(names(RATE + ", search { sampler = random, trials = 5, seed = 1 }"))
        .doesNotContainAnyElementsOf(few);
  }

  @Test
  void anotherSettingDoesNotChangeTheDrawsOfTheFirst() throws IOException {
    String both =
        RATE.replace("} }", "}, \"heads.epochs\" = [1, 2, 3] }")
            + ", search { sampler = random, trials = 5 }";

    assertThat(load(both).grid().variants())
        .extracting(variant -> variant.heads().training().learningRate())
        .isEqualTo(rates(RATE + ", search { sampler = random, trials = 5 }"));
  }

  @Test
  void drawsStayInTheirRangeAndAreUniformOnALogarithmicScale() throws IOException {
    List<Double> rates = rates(RATE + ", search { sampler = random, trials = 600 }");

    assertThat(rates).allMatch(rate -> rate >= 1e-4 && rate <= 1e-1);
    for (int decade = -4; decade < -1; decade++) {
      double low = Math.pow(10, decade);
      assertThat(rates.stream().filter(rate -> rate >= low && rate < 10 * low).count())
          .as("a third of %s trials at rates from %s", rates.size(), low)
          .isBetween(rates.size() / 3L - 40, rates.size() / 3L + 40);
    }
  }

  @Test
  void drawsAreUniformOnALinearScale() throws IOException {
    List<Double> rates =
        rates(
            "sweep { \"heads.learning-rate\" = { from = 0.1, to = 0.9 } }, search { sampler = random, trials = 300 }");

    assertThat(rates).allMatch(rate -> rate >= 0.1 && rate <= 0.9);
    assertThat(rates.stream().mapToDouble(rate -> rate).average().orElseThrow())
        .isBetween(0.45, 0.55);
  }

  @Test
  void namesStayReadable() throws IOException {
    assertThat(names(RATE + ", search { sampler = random, trials = 20 }"))
        .allMatch(name -> name.matches("heads\\.learning-rate-0\\.0*[1-9]\\d{0,2}"));
  }

  @Test
  void aNarrowRangeHasMoreDigits() throws IOException {
    assertThat(
            names(
                "sweep { \"heads.average-decay\" = { from = 0.999, to = 0.9999 } }, search { sampler = random, trials = 20 }"))
        .hasSizeGreaterThan(15)
        .allMatch(name -> name.matches("heads\\.average-decay-0\\.999\\d{0,4}"));
  }

  @Test
  void settingsThatAreOtherwiseNullAreDrawnAsWholeNumbersToo() throws IOException {
    assertThat(
            load("sweep { \"heads.early-stopping.patience\" = { from = 5, to = 30 } }, search { sampler = random, trials = 5 }")
                .grid()
                .variants())
        .hasSize(5);
  }

  @Test
  void aSettingGivenInBothSpellingsIsReported() {
    assertThatThrownBy(
            () -> load("sweep { \"heads.epochs\" = [1, 2] }, sweep { heads { epochs = [3] } }"))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining(
            "grid.sweep.heads.epochs is given twice, once with its path in quotes");
  }

  @Test
  void aWholeNumberIsDrawnAsOneAndItsEndsAreAsProbableAsTheOthers() throws IOException {
    List<Variant> variants =
        load("sweep { \"left.width\" = { from = 4, to = 6 }, \"hemisphere.epochs\" = { from = 1, to = 40, scale = log } },"
                + " search { sampler = random, trials = 120 }")
            .grid()
            .variants();

    assertThat(variants)
        .as("far fewer combinations than 120 are drawn, because equal draws are one trial")
        .hasSizeLessThan(110)
        .extracting(variant -> variant.left().width())
        .containsOnly(4, 5, 6);
    assertThat(variants).extracting(variant -> variant.left().training().epochs()).contains(1, 2);
  }

  @Test
  void equalDrawsAreOneTrial() throws IOException {
    assertThat(
            names("sweep { \"heads.epochs\" = [1, 2] }, search { sampler = random, trials = 50 }"))
        .containsExactlyInAnyOrder("heads.epochs-1", "heads.epochs-2");
  }

  @Test
  void someOfAllCombinationsAreChosenWithoutRepetition() throws IOException {
    String sweep = "sweep { \"heads.epochs\" = [1, 2, 3], \"left.width\" = [4, 8, 12, 16] }";
    List<String> all = names(sweep);
    List<String> few = names(sweep + ", search.trials = 4");
    List<String> more = names(sweep + ", search.trials = 9");

    assertThat(all).hasSize(12);
    assertThat(few).hasSize(4).doesNotHaveDuplicates().isSubsetOf(all).isSubsetOf(more);
    assertThat(more).hasSize(9).doesNotHaveDuplicates();
    assertThat(names(sweep + ", search.trials = 50")).isEqualTo(all);
  }

  @Test
  void trialsKnowTheirVariantAndValues() throws IOException {
    Tuning tuning =
        load("variants { wide.left.width = 80, symmetric {} }, sweep { \"heads.epochs\" = [7] }")
            .grid()
            .tuning();

    assertThat(tuning.trials()).containsOnlyKeys("wide_heads.epochs-7", "heads.epochs-7");
    assertThat(tuning.trials().get("wide_heads.epochs-7"))
        .isEqualTo(new Tuning.Trial("wide", Map.of("heads.epochs", "7")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sweep { \"heads.epochs\" = { from = 1, to = 3 } } | sweep.heads.epochs is a range, which only grid.search.sampler = random draws from",
        "sweep { \"heads.epochs\" = [1] }, search.sampler = random | search.trials is missing: sampler = random needs the number of trials",
        "search.trials = 3                      | search.trials is set, but grid.sweep names no setting",
        "search { sampler = random, trials = 3 } | search.sampler is set, but grid.sweep names no setting",
        "search.sampler = bayes                 | search.sampler is 'bayes', but must be one of: grid, random",
        "search.prune = median                  | search.prune is set, but grid.sweep names no setting",
        "search.prune = mean                    | search.prune is 'mean', but must be one of: median, none",
        "sweep { \"heads.epochs\" = [1] }, search.prune-after = 0 | search.prune-after must be an integer of at least 1, not 0",
        "search.budget = 3                      | search.budget is not a known setting; expected one of:",
        "search.trials = 0                      | search.trials must be an integer of at least 1, not 0",
        "search.seed = -1                       | search.seed must be an integer of at least 0, not -1",
        "sweep { \"heads.epochs\" = [] }        | sweep.heads.epochs must be a list of values, not []",
        "sweep { \"heads.epochs\" = {} }        | sweep.heads.epochs.from is missing: a range has a from and a to",
        "sweep { \"heads.rate\" = { from = 1, to = 2 } } | sweep.heads.rate is not a setting that can be swept",
      })
  void aMistakeIsReportedWithItsPath(String grid, String message) {
    assertThatThrownBy(() -> load(grid))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("bilateral.grid." + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"heads.epochs\" = { from = 3, to = 1 }       | grid.sweep.heads.epochs is an empty range from 3 to 1: from must be less than to",
        "\"heads.epochs\" = { from = 3, too = 5 }      | grid.sweep.heads.epochs.too is not known of a range; expected one of: from, scale, to",
        "\"heads.epochs\" = { from = a, to = 5 }       | grid.sweep.heads.epochs.from must be a number, not \"a\"",
        "\"heads.epochs\" = { from = 1, to = 5, scale = ln } | grid.sweep.heads.epochs.scale is 'ln', but must be one of: log, linear",
        "\"heads.epochs\" = { from = 0, to = 5, scale = log } | grid.sweep.heads.epochs.from must be greater than 0 with scale = log, not 0",
        "\"heads.epochs\" = { from = 0, to = 500 }     | heads.epochs must be an integer of at least 1, not 0",
        "\"heads.epochs\" = { from = 1.5, to = 500 }   | heads.epochs must be an integer of at least 1, not 1.5",
        "\"left.dropout\" = { from = 0.1, to = 1 }     | left.dropout must be at least 0 and less than 1, not 1",
        "\"heads.weight-decay\" = { from = -1e-9, to = 1 } | heads.weight-decay must be at least 0, not -1.0E-9",
      })
  void theEndsOfARangeAreCheckedEvenIfNoTrialHasThem(String setting, String message) {
    assertThatThrownBy(
            () -> load("sweep { " + setting + " }, search { sampler = random, trials = 1 }"))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining(message)
        .hasMessageContaining("search.conf:1)");
  }

  @Test
  void pruningNeedsValidationImages() {
    String sweep = "bilateral { grid { sweep { \"heads.epochs\" = [1] }, search.prune = median }";

    assertThatThrownBy(() -> read(sweep + ", data.validation-fraction = 0 }"))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining(
            "bilateral.data.validation-fraction is 0, but grid.search.prune = median judges a training by its validation accuracy");
  }

  @Test
  void mistakesAreReportedTogether() {
    assertThatThrownBy(
            () ->
                load(
                    "sweep { \"heads.epochs\" = { from = 3, to = 1 }, \"left.width\" = 4 }, search { sampler = all, prune = all }"))
        .isInstanceOf(InvalidConfigurationException.class)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSizeGreaterThanOrEqualTo(4));
  }

  private List<String> names(String grid) throws IOException {
    return load(grid).grid().variants().stream().map(Variant::name).toList();
  }

  private List<Double> rates(String grid) throws IOException {
    return load(grid).grid().variants().stream()
        .map(variant -> variant.heads().training().learningRate())
        .toList();
  }

  private SweepConfig load(String grid) throws IOException {
    return read("bilateral.grid { " + grid + " }");
  }

  private SweepConfig read(String text) throws IOException {
    Path file = Files.writeString(temp.resolve("search.conf"), text);
    return SweepConfig.load(file.toFile(), List.of("bilateral.name=some"));
  }
}
