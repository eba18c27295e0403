package org.bilateralbrain.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bilateralbrain.grid.PlanFixture.ids;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.bilateralbrain.config.SweepConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the ids of jobs depend on, and what they don't. */
class JobIdTest {

  @TempDir Path temp;

  @Test
  void equalJobsHaveEqualIdsInEverySweep() throws IOException {
    SweepPlan one = plan("name = one, grid.seeds = [0]");
    SweepPlan two =
        plan("name = two, store = elsewhere, grid { seeds = [5, 0], variants { a {} } }");

    assertThat(ids(two)).containsAll(ids(one));
  }

  @Test
  void anIdIsStableOverReleases() throws IOException {
    // If this value changes, no artifact in existing stores is found any more: increment
    // Specification.NUMERICS only for a good reason.
    assertThat(plan("grid.seeds = [0]").jobs().get(0).id()).isEqualTo("c0c6e7c183f754df5409");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hemisphere.width = 63",
        "hemisphere.epochs = 179",
        "hemisphere.batch-size = 255",
        "hemisphere.learning-rate = 2e-4",
        "hemisphere.weight-decay = 0",
        "hemisphere.dropout = 0.5",
        "hemisphere.optimizer = adamw",
        "hemisphere.betas = [0.9, 0.99]",
        "hemisphere.decay-norm-and-bias = false",
        "hemisphere.clip-norm = 1",
        "hemisphere.schedule.name = onecycle",
        "hemisphere.schedule.warmup-epochs = 5",
        "hemisphere.label-smoothing = 0.1",
        "hemisphere.average-decay = 0.999",
        "hemisphere.batch-norm-momentum = 0.1",
        "hemisphere.augmentation.flip = alternating",
        "hemisphere.augmentation.cutout = 8",
        "hemisphere.early-stopping = { patience = 10 }",
        "hemisphere.train-share = 0.5",
        "hemisphere.sparsity = { k = 0.5, k-percent = 0.5 }",
        "grid.backbones = [sparse_resnet9]",
        "grid.seeds = [1]"
      })
  void anyChangedSettingOfAHemisphereChangesTheIdsOfItAndItsDependents(String setting)
      throws IOException {
    Set<String> ids = ids(plan("grid.seeds = [0]"));

    assertThat(ids(plan("grid.seeds = [0], " + setting))).doesNotContainAnyElementsOf(ids);
  }

  @Test
  void otherViewsChangeTheIdsOfFeaturesAndHeadsButNotOfHemispheres() throws IOException {
    SweepPlan plain = plan("grid.seeds = [0]");
    SweepPlan other = plan("grid.seeds = [0], heads.augmentation.pad = 2");

    for (Job job : other.jobs()) {
      assertThat(ids(plain).contains(job.id()))
          .as(job.title())
          .isEqualTo(job.kind().equals("hemisphere"));
    }
  }

  @Test
  void anotherEngineOrPrecisionChangesAllIds() throws IOException {
    Set<String> dl4j = ids(plan("grid.seeds = [0]"));
    Set<String> torch = ids(plan("grid.seeds = [0], engine = torch"));
    Set<String> bf16 = ids(plan("grid.seeds = [0], engine = torch, precision = bf16"));

    assertThat(torch).doesNotContainAnyElementsOf(dl4j);
    assertThat(bf16).doesNotContainAnyElementsOf(dl4j).doesNotContainAnyElementsOf(torch);
  }

  @Test
  void otherImagesChangeAllIds() throws IOException {
    SweepConfig config = config("grid.seeds = [0]");
    Set<String> ids = ids(plan(config, "digest", 0.1));

    assertThat(ids(plan(config, "another digest", 0.1))).doesNotContainAnyElementsOf(ids);
    assertThat(ids(plan(config, "digest", 0.2))).doesNotContainAnyElementsOf(ids);
  }

  private SweepPlan plan(String settings) throws IOException {
    return plan(config(settings), "digest", 0.1);
  }

  private static SweepPlan plan(SweepConfig config, String digest, double validationFraction) {
    return SweepPlan.of(
        config, PlanFixture.data(digest, validationFraction), PlanFixture.NO_CHECKPOINTS);
  }

  private SweepConfig config(String settings) throws IOException {
    Path file =
        Files.writeString(temp.resolve("sweep.conf"), "bilateral { name = plan, " + settings + "}");
    return SweepConfig.load(file.toFile(), List.of());
  }
}
