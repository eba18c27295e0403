package org.bilateralbrain.grid;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bilateralbrain.config.Tuning;
import org.junit.jupiter.api.Test;

class PeersTest extends PlanFixture {

  @Test
  void trainingsOfOnePlaceAndSeedAreCompared() throws IOException {
    Map<Job, Integer> smallest =
        smallestGroups(
            "grid { seeds = [0, 1], models = [unilateral-fine], sweep { \"hemisphere.learning-rate\" = [1e-4, 2e-4, 3e-4] } }");

    assertThat(smallest).hasSize(6);
    assertThat(smallest.values()).as("three rates, seed by seed").containsOnly(3);
  }

  @Test
  void whatAllTrialsShareIsComparedWithNothing() throws IOException {
    Map<Job, Integer> smallest =
        smallestGroups(
            "grid { seeds = [0], models = [bilateral-specialised], sweep { \"heads.learning-rate\" = [1e-4, 2e-4, 3e-4] } }");

    assertThat(smallest)
        .as("two hemispheres for all, and three pairs of heads; features aren't trained")
        .hasSize(5);
    smallest.forEach(
        (job, size) -> assertThat(size).isEqualTo(job instanceof BilateralJob ? 3 : 1));
  }

  @Test
  void aTrainingThatAnotherVariantNeedsInEveryTrialIsAloneInOneGroup() throws IOException {
    Map<Job, Integer> smallest =
        smallestGroups(
            "grid { seeds = [0], models = [unilateral-fine], variants { symmetric {}, fixed.left.learning-rate = 2e-4 },"
                + " sweep { \"hemisphere.learning-rate\" = [1e-4, 2e-4, 3e-4] } }");

    assertThat(smallest.values())
        .as("the rate 2e-4 is also that of the other variant, which depends on no trial")
        .containsExactlyInAnyOrder(3, 1, 3);
  }

  /** How many trainings the smallest of each training's groups has. */
  private Map<Job, Integer> smallestGroups(String settings) throws IOException {
    Map<String, Tuning.Trial> trials = config(settings).grid().tuning().trials();
    return Peers.of(plan(settings), trials).groups().entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                groups -> groups.getValue().stream().mapToInt(Set::size).min().orElseThrow()));
  }
}
