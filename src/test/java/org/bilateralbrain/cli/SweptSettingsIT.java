package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code grid.sweep} and {@code report --select validation}, with networks that are really trained.
 */
@Timeout(300)
class SweptSettingsIT extends LocalRunFixture {

  /** At a rate of 1e-9, heads stay as they were drawn. */
  private static final String SWEEP =
      """
      bilateral {
        name = tiny
        data { validation-fraction = 0.5
               synthetic { train-images = 400, test-images = 100, coarse-classes = 4, fine-per-coarse = 2 } }
        grid {
          seeds = [0, 1]
          models = [unilateral-coarse, bilateral-specialised]
          sweep { "heads.learning-rate" = [1e-9, 3e-2] }
        }
        hemisphere { width = 4, epochs = 4, batch-size = 20, learning-rate = 3e-3, dropout = 0 }
        heads { feature-views = 1, epochs = 8, batch-size = 20, dropout = 0 }
      }
      """;

  @Test
  void eachModelIsReportedWithTheValueThatIsBestOnValidation() throws IOException {
    String set = "bilateral.store=" + temp.resolve("store");
    assertThat(execute("run", conf(SWEEP), "--set", set)).isZero();
    Path folder = temp.resolve("store/sweeps/tiny");
    assertThat(Files.readString(folder.resolve("results.csv")))
        .contains(",heads.learning-rate-0.000000001,", ",heads.learning-rate-0.03,");
    assertThat(Files.readString(folder.resolve("status.json")))
        .as("hemispheres are shared: four, their features, and four pairs of heads")
        .satisfies(json -> assertThat(json.split("\"state\"")).hasSize(1 + 12));
    out.reset();

    assertThat(execute("report", conf(SWEEP), "--set", set, "--select", "validation")).isZero();

    assertThat(out())
        .containsPattern(
            "\\| bilateral-specialised +\\| resnet9 +\\| heads\\.learning-rate-0\\.03 +\\| 2 ")
        .containsPattern("\\| bilateral-specialised +\\| selected +\\| resnet9 ")
        .doesNotContain("heads.learning-rate-0.000000001 |  ");
  }

  @Test
  void aReferenceVariantCantBeChosenAsWell() throws IOException {
    String set = "bilateral.store=" + temp.resolve("store");
    String none = "bilateral.grid.sweep=null";
    String settings = SWEEP.replace("epochs = 4", "epochs = 1").replace("epochs = 8", "epochs = 1");
    assertThat(execute("run", conf(settings), "--set", set, "--set", none)).isZero();

    int exit =
        execute(
            "report",
            conf(settings),
            "--set",
            set,
            "--set",
            none,
            "--select",
            "validation",
            "--plain",
            "symmetric");

    assertThat(exit).isEqualTo(2);
    assertThat(err()).contains("--select chooses each model's variant itself: leave out --plain");
  }
}
