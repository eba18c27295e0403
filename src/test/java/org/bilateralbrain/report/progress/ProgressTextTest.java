package org.bilateralbrain.report.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Progress;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.junit.jupiter.api.Test;

class ProgressTextTest {

  private record Job(State state, double work, String title) implements Snapshot.Job {

    @Override
    public ArtifactKey key() {
      return new ArtifactKey("kind", title);
    }
  }

  private final List<Job> jobs = new ArrayList<>();
  private final Map<String, Progress> progress = new LinkedHashMap<>();
  private final List<String> read = new ArrayList<>();

  @Test
  void beforeAnythingRunsTheBarIsEmptyAndThereIsNoForecast() {
    add(State.WAITING, 2, "a");
    add(State.WAITING, 2, "b");

    assertThat(ProgressText.block(after(3)))
        .containsExactly(
            "░░░░░░░░░░░░░░░░░░░░   0 %  0 of 2 jobs done, 0 running, 0 failed, 2 waiting");
    assertThat(ProgressText.summary(after(3)))
        .isEqualTo("[3 s] 0 of 2 jobs done, 0 running, 0 failed, 2 waiting");
  }

  @Test
  void runningJobsAreAlignedAndTheForecastFollowsThePace() {
    add(State.TRAINED, 10, "done");
    add(State.WAITING, 10, "to come");
    Progress middle = new Progress("epoch", 31, 60, 0, 900, 2.1134, Map.of("fine", 0.314), 1512.4);
    running(10, "fine hemisphere, resnet9 width 16, seed 1", middle);
    Progress beginning = new Progress("epoch", 1, 60, 0, 900, 3.0, Map.of(), 900);
    running(10, "coarse hemisphere, resnet9 width 16, seed 10", beginning);
    running(0, "short, seed 1", null);

    assertThat(ProgressText.block(after(125)))
        .containsExactly(
            "███████░░░░░░░░░░░░░  37 %  3 min left  1 of 5 jobs done, 3 running, 0 failed, 1 waiting",
            "  fine hemisphere, resnet9 width 16, seed 1     epoch 31/60  18 s left   loss 2.113  validation 31.4 %  1,512 images/s",
            "  coarse hemisphere, resnet9 width 16, seed 10  epoch 1/60   1 min left  loss 3.000                     900 images/s",
            "  short, seed 1                                 starting");
    assertThat(ProgressText.summary(after(125)))
        .isEqualTo(
            "[2 min 05 s] 1 of 5 jobs done, 3 running, 0 failed, 1 waiting; about 3 min left");
  }

  @Test
  void theForecastIsNoShorterThanTheSlowestRunningJob() {
    add(State.TRAINED, 95, "done");
    running(5, "slow", new Progress("epoch", 2, 2, 0, 7200, 1.0, Map.of(), 1));

    assertThat(ProgressText.summary(after(60))).endsWith("; about 2 h 00 min left");
  }

  @Test
  void twoHeadsShowTwoAccuraciesAndAPhaseWithoutTrainingNone() {
    Map<String, Double> both = new LinkedHashMap<>();
    both.put("fine", 0.31415);
    both.put("coarse", 0.5);
    running(1, "heads", new Progress("epoch", 3, 4, 0, 10, 1.0, both, 1));
    running(1, "features", new Progress("view", 3, 8, 0, 10, null, Map.of(), 10));

    assertThat(ProgressText.block(after(1)).subList(1, 3))
        .containsExactly(
            "  heads     epoch 3/4  20 s left  loss 1.000  validation 31.4 / 50.0 %  1 images/s",
            "  features  view 3/8   6 s left                                         10 images/s");
    assertThat(ProgressText.of(Optional.of(progress.get("features"))))
        .isEqualTo("view 3/8, 6 s left, 10 images/s");
    assertThat(ProgressText.of(Optional.empty())).isEqualTo("starting");
  }

  @Test
  void ofManyRunningJobsEightAreShownAndSixteenAreRead() {
    for (int i = 0; i < 40; i++) {
      running(1, "job " + i, new Progress("epoch", 1, 2, 10, 10, 1.0, Map.of(), 1));
    }
    List<String> block = ProgressText.block(after(60));

    assertThat(read).hasSize(16);
    assertThat(block).hasSize(10).last().isEqualTo("  and 32 more");
    assertThat(block.get(0)).contains(" 20 %").contains("0 of 40 jobs done, 40 running");
  }

  @Test
  void aLongTitleKeepsItsBeginningAndItsSeed() {
    running(
        1, "bilateral heads on fine resnet9 width 16 + coarse resnet9 width 16, seeds 3 + 4", null);

    assertThat(ProgressText.block(after(1)).get(1))
        .isEqualTo("  bilateral heads on fine resnet…, seeds 3 + 4  starting");
  }

  @Test
  void failedAndBlockedJobsDoNotCountAsWorkLeft() {
    add(State.TRAINED, 10, "done");
    add(State.FAILED, 30, "failed");
    add(State.BLOCKED, 50, "blocked");
    add(State.WAITING, 10, "waiting");

    assertThat(ProgressText.block(after(60)))
        .containsExactly(
            "██████████░░░░░░░░░░  50 %  1 min left  1 of 4 jobs done, 0 running, 2 failed, 1 waiting");
  }

  @Test
  void reusedJobsFillTheBarButDoNotCountForThePace() {
    add(State.REUSED, 50, "before");
    add(State.TRAINED, 25, "now");
    add(State.WAITING, 25, "waiting");

    assertThat(ProgressText.block(after(10)).get(0))
        .startsWith("███████████████░░░░░  75 %  10 s left  2 of 3 jobs done");
  }

  @Test
  void aSweepThatIsOverHasAFullBarAndNoTimeLeft() {
    add(State.REUSED, 50, "before");
    add(State.FAILED, 50, "failed");

    assertThat(after(10).isOver()).isTrue();
    assertThat(ProgressText.block(after(10)))
        .containsExactly(
            "████████████████████ 100 %  1 of 2 jobs done, 0 running, 1 failed, 0 waiting");
  }

  @Test
  void withoutTheElapsedTimeThereIsNoForecast() {
    add(State.TRAINED, 1, "done");
    add(State.WAITING, 1, "waiting");
    Snapshot snapshot = Snapshot.of(jobs, key -> Optional.empty(), Optional.empty(), Duration.ZERO);

    assertThat(ProgressText.summary(snapshot))
        .isEqualTo("1 of 2 jobs done, 0 running, 0 failed, 1 waiting");
  }

  @Test
  void aDriverThatMissedThreeHeartbeatsIsSilentAndThereIsNoForecast() {
    add(State.TRAINED, 1, "done");
    add(State.WAITING, 1, "waiting");

    assertThat(ProgressText.summary(silentFor(Duration.ofMinutes(3))))
        .endsWith("about 10 min left");
    assertThat(ProgressText.summary(silentFor(Duration.ofMinutes(12))))
        .endsWith("1 waiting; last driver heartbeat 12 min ago");
    assertThat(ProgressText.block(silentFor(Duration.ofDays(5))))
        .hasSize(2)
        .endsWith("  last driver heartbeat 5 days ago");
  }

  @Test
  void aSweepThatIsOverNeedsNoHeartbeat() {
    add(State.TRAINED, 1, "done");

    assertThat(ProgressText.summary(silentFor(Duration.ofHours(3)))).endsWith("0 waiting");
  }

  @Test
  void eventsSayWhenWhatAndWhy() {
    assertThat(
            ProgressText.event(
                Optional.of(Duration.ofSeconds(3672)),
                "FAILED",
                "fine hemisphere",
                "the loss is NaN"))
        .isEqualTo("[1 h 01 min] FAILED   fine hemisphere: the loss is NaN");
  }

  private void add(State state, double work, String title) {
    jobs.add(new Job(state, work, title));
  }

  private void running(double work, String title, Progress reported) {
    add(State.RUNNING, work, title);
    progress.put(title, reported);
  }

  private Snapshot after(long seconds) {
    read.clear();
    return Snapshot.of(
        jobs,
        key -> {
          read.add(key.id());
          return Optional.ofNullable(progress.get(key.id()));
        },
        Optional.of(Duration.ofSeconds(seconds)),
        Duration.ZERO);
  }

  private Snapshot silentFor(Duration silence) {
    return Snapshot.of(jobs, key -> Optional.empty(), Optional.of(Duration.ofMinutes(10)), silence);
  }
}
