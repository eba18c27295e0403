package org.bilateralbrain.grid;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bilateralbrain.config.Model;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.Partition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepPlanTest {

  static final SweepPlan.Checkpoints NO_CHECKPOINTS =
      (location, shape, heads) -> {
        throw new AssertionError("unexpected checkpoint " + location);
      };
  private static final DataKey DATA = data("digest", 0.1);

  @TempDir Path temp;

  @Test
  void hemispheresAreSharedBetweenModels() throws IOException {
    SweepPlan plan = plan("grid.seeds = [0, 1, 2]");

    assertThat(plan.points()).hasSize(9);
    assertThat(kinds(plan)).isEqualTo(Map.of("hemisphere", 6L, "features", 6L, "bilateral", 3L));
    GridPoint bilateral = plan.points().get(6);
    assertThat(bilateral.model()).isEqualTo(Model.BILATERAL_SPECIALISED.label());
    assertThat(bilateral.job().parents())
        .contains(plan.points().get(0).job(), plan.points().get(3).job());
  }

  @Test
  void hemispheresAreSharedBetweenVariantsThatLeaveThemUnchanged() throws IOException {
    SweepPlan plan =
        plan("grid { seeds = [0], variants { symmetric {}, wide-left { left.width = 80 } } }");

    assertThat(plan.points()).hasSize(6);
    // two left hemispheres and one right hemisphere, and likewise their features
    assertThat(kinds(plan)).isEqualTo(Map.of("hemisphere", 3L, "features", 3L, "bilateral", 2L));
    Job right =
        plan.jobs().stream()
            .filter(job -> job.title().startsWith("coarse"))
            .findFirst()
            .orElseThrow();
    assertThat(plan.pointsThatNeed(right)).hasSize(4);
  }

  @Test
  void hemispheresOfABilateralNetworkAreTrainedEvenIfTheyAreNoGridPoints() throws IOException {
    SweepPlan plan = plan("grid { seeds = [0], models = [bilateral-specialised] }");

    assertThat(plan.points()).hasSize(1);
    assertThat(plan.jobs())
        .extracting(Job::kind)
        .containsExactly("hemisphere", "hemisphere", "features", "features", "bilateral");
  }

  @Test
  void freshFeaturesNeedNoJob() throws IOException {
    SweepPlan plan =
        plan("grid { seeds = [0], models = [bilateral-specialised] }, heads.feature-views = fresh");

    assertThat(plan.jobs())
        .extracting(Job::kind)
        .containsExactly("hemisphere", "hemisphere", "bilateral");
  }

  @Test
  void featuresAreSharedByAllHeadsThatAreTrainedOnThem() throws IOException {
    Set<String> ids = ids(plan("grid.seeds = [0]"));
    Set<String> otherHeads = ids(plan("grid.seeds = [0], heads.epochs = 30"));
    Set<String> otherViews = ids(plan("grid.seeds = [0], heads.feature-views = 4"));

    otherHeads.removeAll(ids);
    assertThat(otherHeads).as("heads alone").hasSize(1);
    otherViews.removeAll(ids);
    assertThat(otherViews).as("features of both hemispheres, and heads").hasSize(3);
  }

  @Test
  void viewsThatNoEpochTrainsOnAreNotComputed() throws IOException {
    SweepPlan plan =
        plan(
            "grid { seeds = [0], models = [bilateral-specialised] }, heads { feature-views = 8, epochs = 3 }");

    assertThat(plan.points().get(0).job().id())
        .as("the id depends on neither")
        .isEqualTo("8d095e67760a6b67e344");
    assertThat(plan.jobs())
        .filteredOn(job -> job instanceof FeaturesJob)
        .hasSize(2)
        .allSatisfy(job -> assertThat(((FeaturesJob) job).views()).isEqualTo(3));
  }

  @Test
  void crossPairingJoinsEveryLeftHemisphereWithEveryRightOneAndAddsOnlyHeads() throws IOException {
    SweepPlan plan =
        plan("grid { seeds = [0, 1, 2], models = [bilateral-specialised], pairing = cross }");

    assertThat(kinds(plan)).isEqualTo(Map.of("hemisphere", 6L, "features", 6L, "bilateral", 9L));
    assertThat(plan.points())
        .extracting(point -> point.seed() + "x" + point.seedRight())
        .contains("0x2", "2x0", "1x1");
  }

  @Test
  void controlsJoinTheHemispheresOfNeighbouringSeedsOnTheSameSide() throws IOException {
    SweepPlan plan =
        plan("grid { seeds = [0, 1, 2], models = [bilateral-fine-fine, bilateral-coarse-coarse] }");

    assertThat(kinds(plan)).isEqualTo(Map.of("hemisphere", 6L, "features", 6L, "bilateral", 6L));
    assertThat(plan.points().get(2).job())
        .isInstanceOfSatisfying(
            BilateralJob.class,
            job -> {
              assertThat(job.left().labels()).isEqualTo("fine");
              assertThat(job.right().labels()).isEqualTo("fine");
              assertThat(List.of(job.left().seed(), job.right().seed())).containsExactly(2L, 0L);
            });
  }

  @Test
  void ensemblesAreWindowsOverTheSeedsAndShareTheirMembers() throws IOException {
    SweepPlan plan =
        plan(
            "grid { seeds = [0, 1, 2, 3, 4], models = [unilateral-both, ensemble] }, ensemble.sizes = [2, 5]");

    assertThat(kinds(plan)).isEqualTo(Map.of("hemisphere", 5L, "ensemble", 5L));
    assertThat(plan.points())
        .filteredOn(point -> point.model().startsWith("ensemble"))
        .extracting(point -> point.model() + " " + point.seed() + "-" + point.seedRight())
        .containsExactly(
            "ensemble-2 0-1",
            "ensemble-2 1-2",
            "ensemble-2 2-3",
            "ensemble-2 3-4",
            "ensemble-5 0-4");
  }

  @Test
  void aHemisphereThatIsNotFrozenIsFineTunedWithTheHeads() throws IOException {
    SweepPlan plan =
        plan(
            "grid { seeds = [0], models = [bilateral-specialised], variants.plastic-left { left.freeze = false } }");

    assertThat(kinds(plan)).isEqualTo(Map.of("hemisphere", 2L, "bilateral", 1L));
    assertThat(plan.points().get(0).job())
        .isInstanceOfSatisfying(
            EndToEndJob.class,
            job -> {
              assertThat(job.left()).isInstanceOf(EndToEndJob.Side.Plastic.class);
              assertThat(job.right()).isInstanceOf(EndToEndJob.Side.Frozen.class);
            });
  }

  @Test
  void anUnspecialisedNetworkIsTrainedFromScratch() throws IOException {
    SweepPlan plan = plan("grid { seeds = [0, 1], models = [bilateral-unspecialised] }");

    assertThat(kinds(plan)).isEqualTo(Map.of("bilateral", 2L));
  }

  @Test
  void aSideTrainedOnOtherLabelsIsNoUnilateralNetworkOfItsOwn() throws IOException {
    SweepPlan plan = plan("grid { seeds = [0], variants.odd { right.labels = fine } }");

    assertThat(plan.points())
        .extracting(GridPoint::model)
        .containsExactly("unilateral-fine", "bilateral-specialised");
    assertThat(kinds(plan))
        .as("both sides are the same hemisphere")
        .containsEntry("hemisphere", 1L);
  }

  @Test
  void theSameCheckpointForSeveralSeedsIsOneHemisphere() throws IOException {
    SweepConfig config =
        config(
            "grid { seeds = [0, 1, 2], models = [bilateral-specialised], variants.v.left.checkpoint = a.pt }");
    SweepPlan plan =
        SweepPlan.of(
            config,
            DATA,
            (location, shape, heads) -> new SweepPlan.Checkpoints.Checkpoint(location, "digest"));

    assertThat(plan.jobs()).filteredOn(job -> job instanceof PretrainedHemisphereJob).hasSize(1);
    assertThat(plan.points()).hasSize(3);
  }

  @Test
  void aShareOfTheTrainingImagesAffectsOnlyTheHemisphere() throws IOException {
    SweepPlan plan = plan("grid { seeds = [0], variants { a {}, b { right.train-share = 0.5 } } }");

    assertThat(plan.jobs()).filteredOn(job -> job instanceof HemisphereJob).hasSize(3);
    assertThat(plan.jobs()).filteredOn(job -> job.kind().equals("features")).hasSize(3);
    assertThat(plan.jobs())
        .filteredOn(job -> !(job instanceof HemisphereJob))
        .allMatch(job -> job.data().equals(DATA));
  }

  @Test
  void theAsymmetriesPresetTrainsSharedHemispheresOnce() {
    SweepConfig config =
        SweepConfig.load(
            new java.io.File("conf/asymmetries.conf"), List.of("bilateral.data.source=synthetic"));
    SweepPlan plan = SweepPlan.of(config, DATA, NO_CHECKPOINTS);

    Set<String> lefts = new HashSet<>();
    plan.jobs()
        .forEach(
            job -> {
              if (job instanceof HemisphereJob hemisphere && hemisphere.labels().equals("fine")) {
                lefts.add(hemisphere.id());
              }
            });
    int seeds = config.grid().seeds().size();
    assertThat(lefts.size())
        .as("variants that leave the left side unchanged share it")
        .isLessThan(config.grid().variants().size() * seeds);
    assertThat(new HashSet<>(plan.jobs())).hasSameSizeAs(plan.jobs());
  }

  private SweepPlan plan(String settings) throws IOException {
    return SweepPlan.of(config(settings), DATA, NO_CHECKPOINTS);
  }

  private SweepConfig config(String settings) throws IOException {
    Path file =
        Files.writeString(temp.resolve("sweep.conf"), "bilateral { name = plan, " + settings + "}");
    return SweepConfig.load(file.toFile(), List.of());
  }

  private static Map<String, Long> kinds(SweepPlan plan) {
    return plan.jobs().stream().collect(Collectors.groupingBy(Job::kind, Collectors.counting()));
  }

  static Set<String> ids(SweepPlan plan) {
    Set<String> ids = new HashSet<>();
    plan.jobs().forEach(job -> ids.add(job.id()));
    return ids;
  }

  static DataKey data(String digest, double validationFraction) {
    return new DataKey(
        digest,
        100,
        20,
        new Partition.Rule(0, validationFraction, Partition.Rule.NO_LIMIT, Partition.Rule.NO_LIMIT),
        new ChannelStatistics(List.of(0.5, 0.5, 0.5), List.of(0.25, 0.25, 0.25)));
  }
}
