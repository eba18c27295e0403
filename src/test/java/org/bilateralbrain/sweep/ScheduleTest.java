package org.bilateralbrain.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.ImageShape;
import org.bilateralbrain.data.Partition;
import org.bilateralbrain.grid.DataKey;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.grid.SweepPlan;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScheduleTest {

  @TempDir Path temp;
  private Job left;
  private Job wideRight;
  private Job bilateral;
  private Schedule schedule;

  @BeforeEach
  void plan() throws IOException {
    Path file =
        Files.writeString(
            temp.resolve("c.conf"),
            """
            bilateral.name = schedule
            bilateral.grid { seeds = [0], variants.a { left.width = 8, right.width = 16 } }
            bilateral.heads.feature-views = fresh
            """);
    DataKey data =
        new DataKey(
            "digest",
            ImageShape.CIFAR,
            100,
            20,
            new Partition.Rule(0, 0.1, Partition.Rule.NO_LIMIT, Partition.Rule.NO_LIMIT),
            new ChannelStatistics(List.of(0.5, 0.5, 0.5), List.of(0.25, 0.25, 0.25)));
    List<Job> jobs =
        SweepPlan.of(SweepConfig.load(file.toFile(), List.of()), data, SweepPlan.Checkpoints.UNREAD)
            .jobs();
    left = jobs.get(0);
    wideRight = jobs.get(1);
    bilateral = jobs.get(2);
    schedule = new Schedule(jobs);
    schedule.add(jobs);
  }

  @Test
  void theLongestReadyJobGoesFirst() {
    assertThat(schedule.next(any -> true)).contains(wideRight);
    assertThat(schedule.next(any -> true)).contains(left);
  }

  @Test
  void aBilateralNetworkWaitsForBothItsHemispheres() {
    schedule.next(any -> true);
    schedule.next(any -> true);
    assertThat(schedule.next(any -> true)).isEmpty();
    schedule.done(left);
    assertThat(schedule.next(any -> true)).isEmpty();
    schedule.done(wideRight);
    assertThat(schedule.next(any -> true)).contains(bilateral);
    assertThat(schedule.isEmpty()).isTrue();
  }

  @Test
  void aFailureRemovesItsDependents() {
    schedule.next(any -> true);

    assertThat(schedule.removeDependents(wideRight)).containsExactly(bilateral);
    assertThat(schedule.next(any -> true)).contains(left);
    assertThat(schedule.isEmpty()).isTrue();
  }

  @Test
  void postponedJobsComeOnceNothingElseIsReady() {
    schedule.next(any -> true);
    schedule.postpone(wideRight);
    schedule.resumePostponed();
    assertThat(schedule.next(any -> true)).as("first what is ready").contains(left);
    schedule.done(left);
    assertThat(schedule.next(any -> true)).as("the heads wait").isEmpty();
    assertThat(schedule.isEmpty()).isFalse();

    schedule.resumePostponed();

    assertThat(schedule.next(any -> true)).contains(wideRight);
    schedule.done(wideRight);
    assertThat(schedule.next(any -> true)).contains(bilateral);
  }

  @Test
  void dependentsWaitForAJobThatHasToBeDoneAgain() {
    schedule.next(any -> true);
    schedule.next(any -> true);
    schedule.done(left);
    schedule.done(wideRight);
    schedule.next(any -> true);

    schedule.add(List.of(left, left));
    schedule.requeue(bilateral);

    assertThat(schedule.next(any -> true)).contains(left);
    assertThat(schedule.next(any -> true)).isEmpty();
    schedule.done(left);
    assertThat(schedule.next(any -> true)).contains(bilateral);
  }
}
