package org.bilateralbrain.grid;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bilateralbrain.config.Model;
import org.bilateralbrain.config.SweepConfig;
import org.junit.jupiter.api.Test;

class SweepPlanTest extends PlanFixture {

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
        .isEqualTo("ec6b8d6d7183039779fe");
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
  void partsAreWhatWasTrainedOnItsOwn() throws IOException {
    SweepPlan plan =
        plan(
            "grid { seeds = [0, 1], models = [unilateral-fine, unilateral-coarse, unilateral-both, bilateral-specialised, bilateral-unspecialised, ensemble] }");

    Map<String, List<List<Job>>> parts =
        plan.points().stream()
            .collect(
                Collectors.groupingBy(
                    GridPoint::model, Collectors.mapping(GridPoint::parts, Collectors.toList())));
    Map<String, List<Job>> jobs =
        plan.points().stream()
            .collect(
                Collectors.groupingBy(
                    GridPoint::model, Collectors.mapping(GridPoint::job, Collectors.toList())));
    List<Job> fine = jobs.get("unilateral-fine");
    List<Job> coarse = jobs.get("unilateral-coarse");
    assertThat(parts.get("unilateral-fine"))
        .containsExactly(List.of(fine.get(0)), List.of(fine.get(1)));
    assertThat(parts.get("bilateral-specialised"))
        .containsExactly(List.of(fine.get(0), coarse.get(0)), List.of(fine.get(1), coarse.get(1)));
    assertThat(parts.get("bilateral-unspecialised"))
        .containsExactlyElementsOf(
            jobs.get("bilateral-unspecialised").stream().map(List::of).toList());
    assertThat(parts.get("ensemble-2")).containsExactly(jobs.get("unilateral-both"));
  }

  @Test
  void controlsJoinTheHemispheresOfNeighbouringSeedsOnTheSameSide() throws IOException {
    SweepPlan plan =
        plan("grid { seeds = [0, 1, 2], models = [bilateral-fine-fine, bilateral-coarse-coarse] }");

    assertThat(kinds(plan)).isEqualTo(Map.of("hemisphere", 6L, "features", 6L, "bilateral", 4L));
    assertThat(plan.points().get(1).job())
        .isInstanceOfSatisfying(
            BilateralJob.class,
            job -> {
              assertThat(job.left().labels()).isEqualTo("fine");
              assertThat(job.right().labels()).isEqualTo("fine");
              assertThat(List.of(job.left().seed(), job.right().seed())).containsExactly(1L, 2L);
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
        .as("each side has a hemisphere of its own, although both learn the same labels")
        .containsEntry("hemisphere", 2L);
  }

  @Test
  void membersOfAnEnsembleCanEachHaveAPartOfTheImages() throws IOException {
    SweepPlan plan =
        plan(
            "grid { seeds = [0, 1, 2], models = [unilateral-both, ensemble] }, ensemble.train-share = 0.8");

    assertThat(kinds(plan))
        .as("unilateral networks with all images, and members")
        .isEqualTo(Map.of("hemisphere", 6L, "ensemble", 2L));
    assertThat(plan.jobs())
        .filteredOn(job -> job.data().rule().trainShare() == 0.8)
        .extracting(job -> job.data().rule().part())
        .containsExactly(0L, 1L, 2L);
  }

  @Test
  void theMatchedControlIsTrainedLikeASpecialisedNetworkInTotal() throws IOException {
    SweepPlan plan =
        plan(
            "grid { seeds = [0], models = [bilateral-unspecialised, bilateral-unspecialised-matched] },"
                + " hemisphere { epochs = 7, weight-decay = 0.5 }, heads.epochs = 4, both-heads.epochs = 9");

    assertThat(plan.points())
        .extracting(point -> ((EndToEndJob) point.job()).training())
        .satisfiesExactly(
            plain -> assertThat(plain.epochs()).isEqualTo(9),
            matched -> {
              assertThat(matched.epochs()).isEqualTo(11);
              assertThat(matched.hyperparameters().weightDecay()).isEqualTo(0.5);
            });
  }

  @Test
  void theMatchedControlsRateFallsUntilItsOwnEndAndItSeesTheImagesOfAHemisphere()
      throws IOException {
    String cosine = "schedule { name = cosine, warmup-epochs = 1, t-max = %s }";
    for (String lasting : List.of("null", "6")) {
      EndToEndJob matched =
          (EndToEndJob)
              plan("grid { seeds = [0], models = [bilateral-unspecialised-matched] },"
                      + " hemisphere { epochs = 7, train-share = 0.5, "
                      + cosine.formatted(lasting)
                      + " }, heads.epochs = 4")
                  .points()
                  .get(0)
                  .job();

      assertThat(matched.data().rule().trainShare()).isEqualTo(0.5);
      for (int step = 1; step < 10; step++) {
        assertThat(matched.training().rates(step + 1, 1).learningRate())
            .as("t-max %s, after step %s", lasting, step)
            .isLessThan(matched.training().rates(step, 1).learningRate());
      }
    }
  }

  @Test
  void variantsReachTheSettingsOfHeadsAndOfNetworksWithBothHeads() throws IOException {
    SweepPlan plan =
        plan(
            "grid { seeds = [0], models = [unilateral-both, bilateral-specialised],"
                + " variants { a {}, b { heads.epochs = 5, both-heads.epochs = 6 } } }");

    assertThat(kinds(plan))
        .as("hemispheres are shared")
        .isEqualTo(Map.of("hemisphere", 4L, "features", 4L, "bilateral", 2L));
    assertThat(((BilateralJob) plan.points().get(3).job()).heads().training().epochs())
        .isEqualTo(5);
    assertThat(((HemisphereJob) plan.points().get(1).job()).training().epochs()).isEqualTo(6);
  }

  @Test
  void aSweepOverSettingsMakesAVariantOfEveryCombination() throws IOException {
    SweepPlan plan =
        plan(
            "grid { seeds = [0], models = [bilateral-specialised], variants { symmetric {}, wide { left.width = 80 } },"
                + " sweep { \"heads.learning-rate\" = [1e-4, 1e-3], hemisphere.width = [8, 16] } }");

    assertThat(plan.points())
        .extracting(GridPoint::variant)
        .containsExactlyInAnyOrder(
            "heads.learning-rate-0.0001_hemisphere.width-8",
            "heads.learning-rate-0.0001_hemisphere.width-16",
            "heads.learning-rate-0.001_hemisphere.width-8",
            "heads.learning-rate-0.001_hemisphere.width-16",
            "wide_heads.learning-rate-0.0001_hemisphere.width-8",
            "wide_heads.learning-rate-0.0001_hemisphere.width-16",
            "wide_heads.learning-rate-0.001_hemisphere.width-8",
            "wide_heads.learning-rate-0.001_hemisphere.width-16");
    assertThat(plan.jobs())
        .filteredOn(HemisphereJob.class::isInstance)
        .as("widths 8 and 16 of both sides, and 80 on the left")
        .hasSize(5);
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

  @Test
  void jobsOfOneTitleAreCalledByTheirVariants() throws IOException {
    SweepPlan plan =
        plan(
            "grid { seeds = [0], models = [unilateral-fine, unilateral-coarse],"
                + " variants { slow {}, fast { left.learning-rate = 3e-4 } } }");

    assertThat(plan.jobs())
        .extracting(plan::title)
        .containsExactlyInAnyOrder(
            "fine hemisphere, resnet9 width 64, seed 0 (slow)",
            "fine hemisphere, resnet9 width 64, seed 0 (fast)",
            "coarse hemisphere, resnet9 width 64, seed 0");
  }
}
