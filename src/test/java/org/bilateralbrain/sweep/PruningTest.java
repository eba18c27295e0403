package org.bilateralbrain.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.History;
import org.bilateralbrain.store.Progress;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.bilateralbrain.sweep.Inventory.Action;
import org.bilateralbrain.train.JobRunner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Decisions about running trainings, in a store with finished ones. */
class PruningTest {

  private static final String MEDIAN = "bilateral.grid.search.prune=median";

  @TempDir Path temp;

  private final Map<ArtifactKey, Progress> notes = new HashMap<>();

  /** Six rates; the first four have been trained, with a best accuracy of 0.5 to 0.8. */
  private List<Job> jobs;

  @BeforeEach
  void trainFour() throws IOException {
    jobs = setup().plan().jobs();
    for (int i = 0; i < 4; i++) {
      History history = new History(List.of("fine"));
      for (double accuracy : List.of(0.1, 0.5 + 0.1 * i, 0.3)) {
        history.add(epoch(history.count() + 1, accuracy));
      }
      try (ArtifactWriter artifact = setup().store().write(JobRunner.key(jobs.get(i)))) {
        artifact.write(History.FILE_NAME, out -> out.write(history.csv()));
        artifact.commit();
      }
    }
  }

  @Test
  void whatFallsBehindTheNetworksOfEarlierRunsIsPruned() throws IOException {
    Pruning pruning = running(setup(MEDIAN));
    note(jobs.get(4), 0.2, 0.3);
    note(jobs.get(5), 0.2, 0.65);

    pruning.judge(jobs.subList(4, 6));

    String id = JobRunner.key(jobs.get(4)).id();
    assertThat(setup(MEDIAN).pruned().jobs()).as("what its task reads").containsOnlyKeys(id);
    assertThat(setup(MEDIAN).pruned().jobs().get(id).reason())
        .isEqualTo(
            "its best validation accuracy up to epoch 2, 30.00 %, is below the median of 5 others, 65.00 %");
    assertThat(setup(MEDIAN).pruned().jobs().get(id).validation()).containsEntry("fine", 0.3);
  }

  @Test
  void aDecisionHoldsForLaterRunsUnlessTheyPruneNothing() throws IOException {
    Pruning pruning = running(setup(MEDIAN));
    Job behind = jobs.get(4);
    note(behind, 0.2, 0.3);
    pruning.judge(List.of(behind));
    pruning.stopped(behind, new Outcome.Pruned(Map.of("fine", 0.25), List.of(0.2, 0.3, 0.25)));

    Inventory later = setup(MEDIAN).inventory();
    assertThat(later.action(behind)).isEqualTo(Action.PRUNED);
    assertThat(later.reason(behind)).startsWith("pruned after epoch 3: its best validation");
    assertThat(later.action(jobs.get(5))).isEqualTo(Action.TRAIN);
    assertThat(setup().inventory().action(behind)).isEqualTo(Action.TRAIN);
    assertThat(setup(MEDIAN, "bilateral.grid.seeds=[1]").pruned().jobs())
        .as("another plan's are not this one's")
        .isEmpty();
  }

  @Test
  void aTrainingThatFinishesFirstIsNotPruned() throws IOException {
    Pruning pruning = running(setup(MEDIAN));
    note(jobs.get(4), 0.2, 0.3);
    pruning.judge(List.of(jobs.get(4)));

    pruning.revoke(jobs.get(4));

    assertThat(setup(MEDIAN).pruned().jobs()).isEmpty();
  }

  @Test
  void withoutPruningNothingIsJudged() throws IOException {
    Pruning pruning = running(setup());
    note(jobs.get(4), 0.2, 0.3);

    pruning.judge(List.of(jobs.get(4)));

    assertThat(temp.resolve("store/sweeps/search/pruned.json")).doesNotExist();
  }

  private Pruning running(SweepSetup setup) throws IOException {
    SweepState state = new SweepState(setup.plan(), setup.planFile().plan(), setup.inventory());
    state.set(jobs.get(4), State.RUNNING, "");
    state.set(jobs.get(5), State.RUNNING, "");
    return new Pruning(setup, key -> Optional.ofNullable(notes.get(key)), state, setup.pruned());
  }

  private void note(Job job, Double... accuracies) {
    Map<String, Double> last = Map.of("fine", accuracies[accuracies.length - 1]);
    Progress progress = new Progress("epoch", accuracies.length + 1, 9, 1, 20, 1.0, last, 10);
    notes.put(JobRunner.key(job), progress.withValidationByEpoch(List.of(accuracies)));
  }

  private static History.Epoch epoch(int number, double accuracy) {
    return new History.Epoch(
        number, 1.0, Map.of("fine", 0.1), Map.of("fine", accuracy), Map.of("fine", 1.0), 0.1, 1, 1);
  }

  private SweepSetup setup(String... settings) throws IOException {
    Path file =
        Files.writeString(
            temp.resolve("search.conf"),
            """
            bilateral {
              name = search
              store = "%s"
              data.synthetic { train-images = 20, test-images = 10, coarse-classes = 2, fine-per-coarse = 1 }
              grid { seeds = [0], models = [unilateral-fine],
                     sweep { "hemisphere.learning-rate" = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6] } }
            }
            """
                .formatted(temp.resolve("store")));
    return SweepSetup.of(SweepConfig.load(file.toFile(), List.of(settings)), new Configuration());
  }
}
