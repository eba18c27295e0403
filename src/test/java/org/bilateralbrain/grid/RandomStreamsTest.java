package org.bilateralbrain.grid;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bilateralbrain.config.Model;
import org.bilateralbrain.data.Streams;
import org.junit.jupiter.api.Test;

/** What networks have in common by their seeds, and what they do not. */
class RandomStreamsTest extends PlanFixture {

  @Test
  void furtherSeedsAddNetworksAndChangeNone() throws IOException {
    String models = Arrays.stream(Model.values()).map(Model::label).collect(joining(", "));
    Set<String> three = ids(plan("grid { seeds = [0, 1, 2], models = [%s] }".formatted(models)));
    Set<String> five =
        ids(plan("grid { seeds = [0, 1, 2, 3, 4], models = [%s] }".formatted(models)));

    assertThat(five).containsAll(three);
    assertThat(five.size()).isGreaterThan(three.size());
  }

  @Test
  void jobsThatDifferInNothingAreOneJobWhateverTheirSeedsMayChange() throws IOException {
    SweepPlan plan =
        plan(
            "grid { seeds = [0, 1], models = [bilateral-specialised],"
                + " sweep { \"grid.vary\" = [[start, order, split], [start], [split]] } }");

    assertThat(plan.jobs()).extracting(Job::id).doesNotHaveDuplicates();
  }

  @Test
  void hemispheresOfOneSeedDrawFromIndependentStreams() throws IOException {
    SweepPlan plan =
        plan("grid { seeds = [0], models = [bilateral-specialised, unilateral-both] }");
    Set<Long> seeds = new HashSet<>();
    int streams = 0;
    for (Job job : plan.jobs()) {
      if (job instanceof HemisphereJob hemisphere) {
        Streams of = hemisphere.streams();
        seeds.addAll(List.of(of.start(), of.order(), of.augmentation(), of.dropout()));
        streams += 4;
      }
    }

    assertThat(streams).as("of three hemispheres").isEqualTo(12);
    assertThat(seeds).hasSize(12);
  }

  @Test
  void everyPairOfACrossHasHeadsWithStreamsOfTheirOwn() throws IOException {
    SweepPlan plan =
        plan("grid { seeds = [0, 1], models = [bilateral-specialised], pairing = cross }");

    assertThat(plan.jobs())
        .filteredOn(BilateralJob.class::isInstance)
        .extracting(job -> ((BilateralJob) job).streams().start())
        .doesNotHaveDuplicates();
  }

  @Test
  void variantsOfAModelShareTheirStreamsSeedBySeed() throws IOException {
    SweepPlan plan =
        plan(
            "grid { seeds = [3], models = [unilateral-fine], variants { a {}, b { left.learning-rate = 1 } } }");

    assertThat(plan.jobs()).hasSize(2);
    assertThat(plan.jobs())
        .extracting(job -> ((HemisphereJob) job).streams())
        .containsOnly(((HemisphereJob) plan.jobs().get(0)).streams());
  }

  @Test
  void aSeedChangesOnlyTheSourcesThatVary() throws IOException {
    SweepPlan plan =
        plan("grid { seeds = [1, 2], models = [unilateral-fine], vary = [order, dropout] }");
    Streams one = ((HemisphereJob) plan.jobs().get(0)).streams();
    Streams two = ((HemisphereJob) plan.jobs().get(1)).streams();

    assertThat(two.start()).isEqualTo(one.start());
    assertThat(two.augmentation()).isEqualTo(one.augmentation());
    assertThat(two.order()).isNotEqualTo(one.order());
    assertThat(two.dropout()).isNotEqualTo(one.dropout());
    assertThat(plan.jobs().get(0).specification().series())
        .isEqualTo(plan.jobs().get(1).specification().series());
  }

  @Test
  void aVariedSplitHoldsOutOtherImagesForEachSeed() throws IOException {
    SweepPlan plan =
        plan("grid { seeds = [1, 2], models = [bilateral-specialised], vary = [split] }");

    assertThat(plan.points())
        .extracting(point -> point.job().data().rule().split())
        .containsExactly(1L, 2L);
    for (GridPoint point : plan.points()) {
      assertThat(point.job().parents())
          .as("the hemispheres and features of a network hold out the same images")
          .allSatisfy(
              parent ->
                  assertThat(parent.data().rule().split())
                      .isEqualTo(point.job().data().rule().split()));
    }
  }
}
