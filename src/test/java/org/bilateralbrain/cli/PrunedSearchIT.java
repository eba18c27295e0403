package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.PrunedFile;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code grid.search.prune = median}, with networks that are really trained. */
@Timeout(300)
class PrunedSearchIT extends LocalRunFixture {

  private static final int EPOCHS = 24;

  /** At a rate of 1e-6, a network hardly learns. It is the last in the plan, so it runs last. */
  private static final String HOPELESS = "right.learning-rate-0.000001";

  private static final String SEARCH =
      """
      bilateral {
        name = tiny
        data { validation-fraction = 0.5
               synthetic { train-images = 300, test-images = 100, coarse-classes = 4, fine-per-coarse = 2 } }
        grid {
          seeds = [0]
          models = [unilateral-coarse, bilateral-specialised]
          variants.symmetric.left.epochs = 1
          sweep { "right.learning-rate" = [3e-3, 2e-3, 4e-3, 5e-3, 6e-3, 1e-6] }
          search.prune = median
        }
        hemisphere { width = 4, epochs = %s, batch-size = 20, dropout = 0 }
        heads { feature-views = 1, epochs = 3, batch-size = 20, dropout = 0 }
      }
      """
          .formatted(EPOCHS);

  @Test
  void aHopelessTrialIsStoppedAndResumesWhenItIsWantedAfterAll() throws IOException {
    String set = "bilateral.store=" + temp.resolve("store");

    assertThat(execute("run", conf(SEARCH), "--set", set)).as(err()).isZero();

    PrunedFile decisions = decisions();
    SweepPlanFile.GridPoint hopeless = hopeless("unilateral-coarse");
    assertThat(decisions.jobs()).containsKey(hopeless.id());
    int epochs = decisions.jobs().get(hopeless.id()).epochs();
    assertThat(epochs).isBetween(2, EPOCHS - 1);
    assertThat(rows("results.csv"))
        .as("no test accuracy")
        .anyMatch(
            row ->
                row.matches(
                    "tiny,unilateral-coarse,%s,,resnet9,0,coarse,0\\.\\d+,,%s,,,,,,PRUNED,.*"
                        .formatted(HOPELESS, epochs)))
        .as("what depends on it isn't made")
        .anyMatch(
            row ->
                row.matches(
                    "tiny,bilateral-specialised,%s,.*,coarse,,,,,,,,,PRUNED,.*"
                        .formatted(HOPELESS)));
    assertThat(trials("unilateral-coarse"))
        .hasSize(6)
        .isSortedAccordingTo(Comparator.reverseOrder());
    assertThat(out())
        .contains("pruned at epoch " + epochs)
        .containsPattern("jobs: \\d+ trained, 0 reused, 0 failed, 0 blocked, \\d+ pruned in");

    again(set, decisions);
    resumed(set, hopeless, epochs);
  }

  private void again(String set, PrunedFile decisions) throws IOException {
    out.reset();
    assertThat(execute("run", conf(SEARCH), "--set", set)).isZero();
    assertThat(out())
        .containsPattern("jobs: 0 trained, \\d+ reused, 0 failed, 0 blocked, \\d+ pruned");
    assertThat(decisions()).isEqualTo(decisions);
    out.reset();
    assertThat(execute("plan", conf(SEARCH), "--set", set)).isZero();
    assertThat(out()).contains("pruned after epoch").contains(": 0 to train");
    out.reset();
    assertThat(execute("report", conf(SEARCH), "--set", set, "--select", "validation")).isZero();
    assertThat(out()).contains("pruned at epoch").doesNotContainPattern(HOPELESS + " +\\| 1 ");
    assertThat(execute("test", conf(SEARCH), "--set", set)).as("nothing is missing").isZero();
    String target = temp.resolve("exported").toString();
    assertThat(
            execute(
                "export",
                conf(SEARCH),
                "--set",
                set,
                "--target",
                target,
                "--format",
                "safetensors"))
        .isZero();
  }

  private void resumed(String set, SweepPlanFile.GridPoint hopeless, int epochs)
      throws IOException {
    String none = "bilateral.grid.search.prune=none";
    err.reset();
    assertThat(execute("run", conf(SEARCH), "--set", set, "--set", none)).isZero();
    assertThat(err()).contains("resumed after epoch " + epochs);

    String fresh = "bilateral.store=" + temp.resolve("fresh");
    String alone = "bilateral.grid.sweep={ \"right.learning-rate\" = [1e-6] }";
    assertThat(
            execute(
                "run",
                conf(SEARCH),
                "--set",
                fresh,
                "--set",
                none,
                "--set",
                alone,
                "--set",
                "bilateral.grid.models=[unilateral-coarse]"))
        .isZero();
    assertThat(weights("store", hopeless.artifact()))
        .isPresent()
        .isEqualTo(weights("fresh", hopeless.artifact()));
  }

  private PrunedFile decisions() throws IOException {
    return new PrunedFile.Place("tiny", plan().plan()).read(store("store"));
  }

  private SweepPlanFile.GridPoint hopeless(String model) throws IOException {
    return plan().cells().stream()
        .filter(cell -> cell.variant().equals(HOPELESS) && cell.model().equals(model))
        .findFirst()
        .orElseThrow();
  }

  private SweepPlanFile plan() throws IOException {
    return store("store")
        .readSweepFile("tiny", SweepPlanFile.FILE_NAME, SweepPlanFile.class)
        .orElseThrow();
  }

  /** Validation accuracies in the order of the file. */
  private List<Double> trials(String model) throws IOException {
    return rows("trials.csv").stream()
        .map(row -> row.split(",", -1))
        .filter(row -> row[1].equals(model))
        .map(row -> Double.valueOf(row[6]))
        .toList();
  }

  private List<String> rows(String file) throws IOException {
    return Files.readAllLines(Path.of(temp.toString(), "store/sweeps/tiny", file));
  }

  private Optional<String> weights(String store, ArtifactKey key) throws IOException {
    return store(store).find(key).flatMap(Artifact::weights);
  }

  private Store store(String name) throws IOException {
    return Store.open(temp.resolve(name).toString(), new Configuration());
  }
}
