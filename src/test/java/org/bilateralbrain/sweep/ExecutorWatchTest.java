package org.bilateralbrain.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.report.progress.EventLines;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Moves;
import org.bilateralbrain.store.Progress;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.bilateralbrain.train.JobRunner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Twelve trainings of equal work run, each on an executor of its own, and one waits. */
@Timeout(60)
class ExecutorWatchTest {

  private static final int RUNNING = 12;

  @TempDir Path temp;

  private final Map<ArtifactKey, Progress> notes = new HashMap<>();
  private final List<Submission> submitted = new ArrayList<>();
  private List<Job> jobs;
  private SweepSetup setup;
  private StoreWatch store;
  private ExecutorWatch watch;

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
    setup =
        SweepSetup.of(
            SweepConfig.load(file.toFile(), List.of("bilateral.store=" + temp.resolve("store"))),
            new Configuration());
    jobs = setup.plan().jobs();
    SweepState state = new SweepState(setup.plan(), "plan", setup.inventory());
    Schedule schedule = new Schedule(jobs);
    for (int i = 0; i < jobs.size(); i++) {
      submitted.add(submission(jobs.get(i), i < RUNNING ? "executor " + i : null));
      state.set(jobs.get(i), i < RUNNING ? State.RUNNING : State.WAITING, "");
    }
    store = new StoreWatch(setup.store(), message -> {});
    ProgressLog log =
        new ProgressLog(
            new EventLines(new PrintWriter(Writer.nullWriter())),
            setup.plan(),
            key -> Optional.ofNullable(notes.get(key)),
            state);
    watch =
        new ExecutorWatch(
            new NoCluster(),
            setup.store(),
            store,
            state,
            schedule,
            key -> Optional.ofNullable(notes.get(key)),
            log);
  }

  @Test
  void aLateTrainingTakesTheExecutorOfAnotherThatLeavesItOnlyThen() throws Exception {
    note(0, 10, 5); // at half the speed, and hardly begun
    for (int i = 1; i < RUNNING; i++) {
      note(i, i == 7 ? 99 : 90, 10);
    }

    watch.moveLate(submitted);

    assertThat(announced()).isEqualTo(Map.of(id(0), "executor 0"));
    submitted.set(0, submission(jobs.get(0), null)); // it has stopped and is submitted anew
    assertThat(watch.placeOf(jobs.get(0))).contains("executor 7");
    assertThat(announced()).isEqualTo(Map.of(id(7), "executor 7"));
    assertThat(watch.placeOf(jobs.get(0))).as("only once").isEmpty();
  }

  @Test
  void onceNoneWaitsALateTrainingTakesAnyExecutor() throws Exception {
    note(0, 10, 5);
    for (int i = 1; i < RUNNING; i++) {
      note(i, 90, 10);
    }

    watch.moveLate(submitted.subList(0, RUNNING));

    assertThat(announced()).isEqualTo(Map.of(id(0), "executor 0"));
    assertThat(watch.placeOf(jobs.get(0))).isEmpty();
  }

  @Test
  void aTrainingMovesThreeTimesAtMost() throws Exception {
    note(0, 10, 5);
    for (int i = 1; i < RUNNING; i++) {
      note(i, 90, 10);
    }
    for (int i = 1; i <= 4; i++) {
      watch.moveLate(submitted.subList(0, RUNNING));

      assertThat(announced()).as("at the look " + i).hasSize(i <= 3 ? 1 : 0);
      submitted.set(0, submission(jobs.get(0), "executor " + (100 * i)));
    }
  }

  private String id(int job) {
    return JobRunner.key(jobs.get(job)).id();
  }

  private void note(int job, int percent, double imagesPerSecond) {
    notes.put(
        JobRunner.key(jobs.get(job)),
        new Progress("epoch", percent, 100, 100, 100, 1.0, Map.of(), imagesPerSecond));
  }

  /** What trainings read. */
  private Map<String, String> announced() throws Exception {
    Thread.sleep(1100); // it is written once a second
    watch.check(submitted);
    return Moves.read(setup.store(), store.token()).moving();
  }

  private static Submission submission(Job job, String executor) {
    return new Submission(
        job,
        new Submission.Attempt() {
          @Override
          public OptionalLong runningSinceMillis() {
            return OptionalLong.empty();
          }

          @Override
          public Optional<String> executor() {
            return Optional.ofNullable(executor);
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

  /** No executor is told to leave. */
  private static final class NoCluster implements Cluster {

    @Override
    public String description() {
      return "none";
    }

    @Override
    public Submission submit(Job job, Optional<String> executor) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int slots() {
      return RUNNING;
    }

    @Override
    public int maxFailures() {
      return 1;
    }

    @Override
    public Set<String> leaving() {
      return Set.of();
    }

    @Override
    public Optional<String> lacking() {
      return Optional.empty();
    }

    @Override
    public boolean isStopped() {
      return false;
    }

    @Override
    public void close() {}
  }
}
