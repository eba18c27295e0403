package org.bilateralbrain.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Progress;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.bilateralbrain.train.JobRunner;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Twelve trainings of equal work run, each on an executor of its own, and one waits. */
class LateTrainingsTest {

  private static final int RUNNING = 12;

  private static final int ROUNDS = 100;

  @TempDir Path temp;

  private final Map<ArtifactKey, Progress> notes = new HashMap<>();
  private final List<Submission> submitted = new ArrayList<>();
  private boolean canPlace = true;
  private int slots = RUNNING;
  private List<Job> jobs;
  private LateTrainings late;
  private int looks;

  @BeforeEach
  void run() throws IOException {
    Path file =
        Files.writeString(
            temp.resolve("c.conf"),
            """
            bilateral.name = watched
            bilateral.grid { seeds = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], models = [unilateral-fine] }
            bilateral.data.synthetic { train-images = 100, test-images = 100 }
            """);
    SweepSetup setup =
        SweepSetup.of(
            SweepConfig.load(file.toFile(), List.of("bilateral.store=" + temp.resolve("store"))),
            new Configuration());
    jobs = setup.plan().jobs();
    SweepState state = new SweepState(setup.plan(), "plan", setup.inventory());
    for (int i = 0; i < jobs.size(); i++) {
      submitted.add(submission(jobs.get(i), i < RUNNING ? "executor " + i : null));
      state.set(jobs.get(i), i < RUNNING ? State.RUNNING : State.WAITING, "");
    }
    late =
        new LateTrainings(
            new WaitingCluster(setup, setup.store(), RUNNING, job -> 0) {
              @Override
              public int slots() {
                return slots;
              }

              @Override
              public boolean canPlace() {
                return canPlace;
              }
            },
            state,
            new Schedule(jobs),
            key -> Optional.ofNullable(notes.get(key)));
  }

  @Test
  void aLateTrainingTakesTheExecutorOfAnotherThatLeavesItOnlyThen() throws IOException {
    lookTwice(submitted);

    assertThat(late.moving(submitted)).isEqualTo(Map.of(id(0), "executor 0"));
    submitted.set(0, submission(jobs.get(0), null)); // it has stopped and is submitted anew
    assertThat(late.placeOf(jobs.get(0))).contains("executor 7");
    assertThat(late.moving(submitted)).isEqualTo(Map.of(id(7), "executor 7"));
    assertThat(late.placeOf(jobs.get(0))).as("only once").isEmpty();
  }

  @Test
  void aTrainingMakesNoRoomAnyMoreOnceTheLateOneRuns() throws IOException {
    lookTwice(submitted);
    late.placeOf(jobs.get(0));
    submitted.set(0, submission(jobs.get(0), "another that got free"));

    assertThat(late.moving(submitted)).isEmpty();
  }

  @Test
  void whereSparkCannotPlaceATrainingNoneMovesWhileOthersWait() throws IOException {
    canPlace = false;
    lookTwice(submitted);

    assertThat(late.moving(submitted)).isEmpty();
  }

  @Test
  void onceNoneWaitsALateTrainingTakesAnIdleExecutorIfThereIsOne() throws IOException {
    canPlace = false;
    lookTwice(submitted.subList(0, RUNNING));
    assertThat(late.moving(submitted)).as("all are busy").isEmpty();

    slots++;
    look(submitted.subList(0, RUNNING));

    assertThat(late.moving(submitted)).isEqualTo(Map.of(id(0), "executor 0"));
    assertThat(late.placeOf(jobs.get(0))).isEmpty();
  }

  @Test
  void theNotesOfAnEarlierAttemptTellNothing() throws IOException {
    slots++;
    lookTwice(submitted.subList(0, RUNNING));
    submitted.set(0, submission(jobs.get(0), "executor 12"));
    look(submitted.subList(0, RUNNING));

    assertThat(late.moving(submitted)).isEmpty();
  }

  @Test
  void aTrainingLeavesOnlyTheExecutorOnWhichItWasLate() throws IOException {
    String[] executor = {"executor 0"};
    submitted.set(0, retried(jobs.get(0), () -> executor[0]));
    lookTwice(submitted);
    assertThat(late.moving(submitted)).containsValue("executor 0");

    executor[0] = "executor 12"; // the first was lost

    assertThat(late.moving(submitted)).isEmpty();
  }

  @Test
  void aTrainingMovesThreeTimesAtMost() throws IOException {
    slots++;
    for (int move = 1; move <= 4; move++) {
      lookTwice(submitted.subList(0, RUNNING));

      assertThat(late.moving(submitted)).as("at the move " + move).hasSize(move <= 3 ? 1 : 0);
      submitted.set(0, submission(jobs.get(0), "executor " + (100 * move)));
    }
  }

  private String id(int job) {
    return JobRunner.key(jobs.get(job)).id();
  }

  private void lookTwice(List<Submission> at) throws IOException {
    look(at);
    look(at);
  }

  /**
   * A look after some time. In it the first training has done one round, and the others two. They
   * are three quarters done, the eighth a bit more.
   */
  private void look(List<Submission> at) throws IOException {
    looks++;
    note(0, looks);
    for (int i = 1; i < RUNNING; i++) {
      note(i, (i == 7 ? 80 : 70) + 2 * looks);
    }
    late.look(at, TimeUnit.SECONDS.toNanos(150L * looks));
  }

  private void note(int job, int round) {
    notes.put(
        JobRunner.key(jobs.get(job)),
        new Progress("epoch", round, ROUNDS, 100, 100, 1.0, Map.of(), 1));
  }

  private static Submission submission(Job job, @Nullable String executor) {
    return retried(job, () -> executor);
  }

  private static Submission retried(Job job, Supplier<@Nullable String> executor) {
    return new Submission(
        job,
        new Submission.Attempt() {
          @Override
          public OptionalLong runningSinceMillis() {
            return OptionalLong.empty();
          }

          @Override
          public Optional<String> executor() {
            return Optional.ofNullable(executor.get());
          }

          @Override
          public void stop() {}

          @Override
          public boolean isDone() {
            return false;
          }

          @Override
          public Outcome outcome() {
            throw new UnsupportedOperationException();
          }
        });
  }
}
